import type { TestProject } from 'vitest/node'
import { startServer } from './server'

/** One server for all tests that do not need their own: each makes what it changes. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer()
  project.provide('url', server.url)
  return () => server.stop()
}
