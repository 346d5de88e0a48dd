/** What both the browser's own detector and its stand-in can do. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

/** Codes that are printed on goods, shelves and boxes. */
const FORMATS = ['ean_13', 'ean_8', 'upc_a', 'upc_e', 'code_128', 'code_39', 'itf', 'qr_code', 'data_matrix']
/** Pictures are looked at this often. */
const EVERY_MS = 120
/** A code counts again once it was out of sight so long. */
const AWAY_MS = 1000

/** Lets a code through once, however long it is held before the camera. */
export class CodeGate {
  private seen = new Map<string, number>()

  /** Whether this code, which is in the picture at this time, is a new scan. */
  passes(code: string, atMs: number): boolean {
    const last = this.seen.get(code)
    this.seen.set(code, atMs)
    return last === undefined || atMs - last > AWAY_MS
  }
}

/** The browser's detector where it has one for these codes, else ZXing, compiled to WebAssembly and served by us. */
async function newDetector(): Promise<Detector> {
  const native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  const supported = (await native?.getSupportedFormats().catch(() => [])) ?? []
  if (native && supported.includes('ean_13')) {
    return new native({ formats: FORMATS.filter(format => supported.includes(format)) })
  }
  const [{ BarcodeDetector, prepareZXingModule }, { default: wasm }] = await Promise.all([
    import('barcode-detector/ponyfill'),
    import('zxing-wasm/reader/zxing_reader.wasm?url'),
  ])
  prepareZXingModule({ overrides: { locateFile: () => wasm } })
  return new BarcodeDetector({ formats: FORMATS as never })
}

/** Shows the camera at the back in `video` and reads codes from it. Fails if there is none or it is not allowed. */
export async function watchCamera(
  video: HTMLVideoElement,
  onCode: (code: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const wanted = { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } }
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false })
  const stop = () => {
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
  if (signal.aborted) return stop()
  signal.addEventListener('abort', stop)
  video.srcObject = stream
  await video.play()
  const detector = await newDetector()
  const gate = new CodeGate()
  while (!signal.aborted) {
    const found = video.readyState >= 2 ? await detector.detect(video).catch(() => []) : []
    for (const { rawValue } of found) {
      if (!signal.aborted && gate.passes(rawValue, performance.now())) onCode(rawValue)
    }
    await new Promise(resolve => setTimeout(resolve, EVERY_MS))
  }
}
