import { expect, it } from 'vitest'
import { deviceOf } from './device'

it('a browser is known by what it says of itself, however much it claims to be others', () => {
  const cases: Record<string, [string | null, string | null]> = {
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0':
      ['Edge', 'Windows'],
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36': [
      'Chrome',
      'Linux',
    ],
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15':
      ['Safari', 'macOS'],
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1':
      ['Chrome', 'iOS'],
    'Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0': ['Firefox', 'Android'],
    'curl/8.10.1': ['curl', null],
    '': [null, null],
  }
  for (const [agent, [browser, system]] of Object.entries(cases)) {
    expect(deviceOf(agent), agent).toEqual({ browser, system })
  }
})
