import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BINARY =
  process.env.STOCKBOOK_BIN ?? fileURLToPath(new URL('../../target/debug/stockbook', import.meta.url))
const START_MS_MAX = 90_000

/** The real binary with a PostgreSQL of its own in a new folder, and sample data. */
export interface Server {
  url: string
  /** What it has printed, such as the token of the first set-up. */
  said(): string
  /** Ends it without warning, as a power cut does. */
  kill(): Promise<void>
  /** Starts it again on the same data and port. */
  restart(): Promise<void>
  /** Ends it for good and removes its data. */
  stop(): Promise<void>
}

export async function startServer(
  command: 'demo' | 'serve' = 'demo',
  options: string[] = [],
): Promise<Server> {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: type \`cargo build\` first`)
  const folder = mkdtempSync(join(tmpdir(), 'stockbook-web-'))
  chmodSync(folder, 0o755) // from root, PostgreSQL runs as another user
  let running = await start(command, folder, '127.0.0.1:0', options)
  const { url } = running
  return {
    url,
    said: () => running.said(),
    kill: () => end(running.process, 'SIGKILL'),
    async restart() {
      await end(running.process, 'SIGTERM')
      running = await start(command, folder, url.replace('http://', ''), options)
    },
    async stop() {
      await end(running.process, 'SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Running {
  process: ChildProcess
  url: string
  said: () => string
}

function start(command: string, folder: string, listen: string, options: string[]): Promise<Running> {
  const child = spawn(BINARY, [command, '--listen', listen, '--data-dir', join(folder, 'data'), ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: Object.fromEntries(
      ['PATH', 'PG_BIN', 'HOME'].flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])),
    ),
  })
  return new Promise((resolve, reject) => {
    let said = ''
    const give = setTimeout(() => reject(new Error(`no address within 90 s:\n${said}`)), START_MS_MAX)
    const listenTo = (chunk: Buffer) => {
      said += chunk.toString()
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (!url) return
      clearTimeout(give)
      resolve({ process: child, url, said: () => said })
    }
    child.stdout.on('data', listenTo)
    child.stderr.on('data', listenTo)
    child.once('exit', code => reject(new Error(`the server ended with ${code}:\n${said}`)))
  })
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise(resolve => {
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}
