import { writeFileSync } from 'node:fs'

/** Draws barcodes by their standards, and films them: what a camera would see of a label. */

const LEFT_ODD = '0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011'.split(' ')
const PARITIES = 'OOOOOO OOEOEE OOEEOE OOEEEO OEOOEE OEEOOE OEEEOO OEOEOE OEOEEO OEEOEO'.split(' ')

/** The bars (1) and gaps (0) of an EAN-13, by ISO/IEC 15420. */
export function ean13(code: string): string {
  const digits = [...code].map(Number)
  const [first = 0, ...others] = digits
  const odd = (digit: number) => LEFT_ODD[digit] ?? ''
  const right = (digit: number) => [...odd(digit)].map(bar => (bar === '1' ? '0' : '1')).join('')
  const even = (digit: number) => [...right(digit)].reverse().join('')
  const left = others
    .slice(0, 6)
    .map((digit, at) => (PARITIES[first]?.[at] === 'E' ? even(digit) : odd(digit)))
  return `101${left.join('')}01010${others.slice(6).map(right).join('')}101`
}

/** Widths of bars and gaps of Code 128, by value; the last is the stop. */
const CODE_128 =
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'.split(
    ' ',
  )
const START_B = 104
const STOP = 106

/** The bars and gaps of a text in Code 128, set B, by ISO/IEC 15417. */
export function code128(text: string): string {
  const values = [...text].map(letter => letter.charCodeAt(0) - 32)
  const check = values.reduce((sum, value, at) => sum + value * (at + 1), START_B) % 103
  return [START_B, ...values, check, STOP]
    .flatMap(value =>
      [...(CODE_128[value] ?? '')].map((width, at) => (at % 2 ? '0' : '1').repeat(Number(width))),
    )
    .join('')
}

const WIDTH = 640
const HEIGHT = 360
const FPS = 10

/** Writes a film (Y4M) that shows each label for a while, with nothing in between; it is shown over and over. */
export function film(path: string, labels: readonly string[], { shownMs = 900, blankMs = 1500 } = {}): void {
  const parts: Buffer[] = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FPS}:1 Ip A1:1 C420jpeg\n`)]
  const show = (bars: string, ms: number) => {
    const frame = Buffer.concat([Buffer.from('FRAME\n'), picture(bars)])
    for (let at = 0; at < (ms * FPS) / 1000; at++) parts.push(frame)
  }
  for (const label of labels) {
    show('', blankMs)
    show(label, shownMs)
  }
  writeFileSync(path, Buffer.concat(parts))
}

/** A picture: dark bars on light grey, three pixels a module, with their quiet zones. */
function picture(bars: string): Buffer {
  const luma = Buffer.alloc(WIDTH * HEIGHT, 225)
  const module = Math.max(1, Math.min(4, Math.floor((WIDTH - 60) / Math.max(1, bars.length))))
  const left = Math.floor((WIDTH - bars.length * module) / 2)
  for (let y = 90; y < HEIGHT - 90; y++) {
    for (const [at, bar] of [...bars].entries()) {
      if (bar === '1') luma.fill(25, y * WIDTH + left + at * module, y * WIDTH + left + (at + 1) * module)
    }
  }
  return Buffer.concat([luma, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)])
}
