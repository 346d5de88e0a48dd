import { stored } from '~/stored'

/** Whether this browser makes sounds. */
export const soundStore = stored<boolean>('stockbook-sound', true, value =>
  typeof value === 'boolean' ? value : undefined,
)

/** Notes of each sound: frequency in hertz, start and length in seconds. High is good, low is bad, so that nobody has to look. */
const SOUNDS = {
  done: [[1320, 0, 0.09]],
  warning: [
    [660, 0, 0.1],
    [660, 0.14, 0.1],
  ],
  refused: [
    [220, 0, 0.18],
    [165, 0.2, 0.28],
  ],
} as const

let context: AudioContext | undefined

/** Plays it, if sounds are on. A browser allows none before the first key or touch: then there is none. */
export function play(sound: keyof typeof SOUNDS): void {
  if (!soundStore.get()) return
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume()
  const now = context.currentTime
  for (const [frequency, start, length] of SOUNDS[sound]) {
    const oscillator = context.createOscillator()
    const volume = context.createGain()
    oscillator.type = sound === 'refused' ? 'square' : 'sine'
    oscillator.frequency.value = frequency
    volume.gain.setValueAtTime(0.18, now + start)
    volume.gain.exponentialRampToValueAtTime(0.001, now + start + length)
    oscillator.connect(volume).connect(context.destination)
    oscillator.start(now + start)
    oscillator.stop(now + start + length)
  }
}
