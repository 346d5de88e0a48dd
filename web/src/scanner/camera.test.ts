import { expect, it } from 'vitest'
import { CodeGate } from './camera'

it('a code before the camera is one scan, until it was away for a second', () => {
  const gate = new CodeGate()
  const seenAtMs = [0, 120, 240, 1200, 2000, 3500]
  expect(seenAtMs.map(atMs => gate.passes('4006381333931', atMs))).toEqual([
    true,
    false,
    false,
    false, // 960 ms after it was seen last
    false,
    true,
  ])
  expect(gate.passes('another', 3510)).toBe(true)
})
