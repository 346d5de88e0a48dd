import { describe, expect, it } from 'vitest'
import { SCANNER_DEFAULTS, ScanDetector, type ScannerSettings } from './detector'

/** Types the keys, each so many milliseconds after the one before; gives the codes that were scanned. */
function scans(keys: [key: string, gapMs: number][], settings: Partial<ScannerSettings> = {}): string[] {
  const detector = new ScanDetector({ ...SCANNER_DEFAULTS, ...settings })
  let atMs = 10_000
  const found: string[] = []
  for (const [key, gapMs] of keys) {
    atMs += gapMs
    const outcome = detector.press(key, atMs)
    if (outcome.kind === 'scan') found.push(outcome.code)
  }
  return found
}

function typed(text: string, gapMs: number, end: [string, number] = ['Enter', gapMs]): [string, number][] {
  return [...[...text].map((key): [string, number] => [key, gapMs]), end]
}

describe('a scan', () => {
  it('is what comes faster than people type and ends with Enter', () => {
    expect(scans(typed('4006381333931', 4))).toEqual(['4006381333931'])
    expect(scans(typed('4006381333931', 50))).toEqual(['4006381333931'])
  })

  it('is not what a person types, however fast', () => {
    expect(scans(typed('4006381333931', 51))).toEqual([])
    expect(scans(typed('hello', 90))).toEqual([])
  })

  it('is not what a person ends with Enter after a pause', () => {
    expect(scans(typed('COF-ESP', 5, ['Enter', 200]))).toEqual([])
  })

  it('begins anew after a slow key, so that what was typed before it does not count', () => {
    expect(scans([['a', 100], ['b', 100], ...typed('COF-ESP', 8).with(0, ['C', 300])])).toEqual(['COF-ESP'])
  })

  it('keeps its capitals: Shift is no key of its own', () => {
    expect(
      scans([
        ['Shift', 5],
        ['A', 5],
        ['Shift', 5],
        ['B', 5],
        ['Shift', 5],
        ['C', 5],
        ['Enter', 5],
      ]),
    ).toEqual(['ABC'])
  })

  it('has a shortest length', () => {
    expect(scans(typed('12', 4))).toEqual([])
    expect(scans(typed('12', 4), { lengthMin: 2 })).toEqual(['12'])
  })

  it('may have a prefix, which is not part of the code, and another end', () => {
    expect(scans(typed('~COF-1', 4), { prefix: '~' })).toEqual(['COF-1'])
    expect(scans(typed('COF-1', 4), { prefix: '~' })).toEqual([])
    expect(scans(typed('COF-1', 4, ['Tab', 4]), { suffix: 'Tab' })).toEqual(['COF-1'])
  })

  it('is broken off by keys that no barcode has', () => {
    expect(
      scans([
        ['A', 4],
        ['B', 4],
        ['C', 4],
        ['Backspace', 4],
        ['Enter', 4],
      ]),
    ).toEqual([])
  })

  it('follows another at once', () => {
    expect(scans([...typed('AAA-1', 4), ...typed('AAA-1', 4)])).toEqual(['AAA-1', 'AAA-1'])
  })
})
