import { onCleanup } from 'solid-js'
import type { Board } from '../stores/board'
import { createSwitch, type Switch } from './board-settings'

/** A rush of orders is one sound, not a drum. */
const QUIET_MS = 1_500
/** Who holds it sounds; it is held until the quiet is over. */
const LOCK = 'orderwire:sound'

/**
 * Owned: a short tone when an order is placed; off until somebody switches it on. Of several tabs
 * one sounds, whichever is first.
 */
export function createNewOrderSound(board: Board): Switch {
  const sound = createSwitch('board-sound', false)
  let audio: AudioContext | null = null
  let quietUntil = 0

  function play(): void {
    audio ??= new AudioContext()
    void audio.resume().then(() => audio && chime(audio))
  }

  function playOnce(): void {
    quietUntil = Date.now() + QUIET_MS
    // Outside of a secure origin there are no locks.
    if (!('locks' in navigator)) return play()
    const whileHeld = async (lock: Lock | null) => {
      if (!lock) return
      play()
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
    }
    void navigator.locks.request(LOCK, { ifAvailable: true }, whileHeld)
  }

  onCleanup(
    board.onNewOrder(() => {
      // Browsers let a page sound once somebody has used it: until then another tab may.
      if (sound.on() && Date.now() >= quietUntil && navigator.userActivation.hasBeenActive) {
        playOnce()
      }
    }),
  )
  onCleanup(() => void audio?.close())

  return {
    on: sound.on,
    set(on) {
      sound.set(on)
      // So that one hears what one has chosen.
      if (on) play()
    },
  }
}

/** Two soft notes, a fifth apart. */
function chime(audio: AudioContext): void {
  for (const [index, hertz] of [660, 990].entries()) {
    const at = audio.currentTime + index * 0.11
    const note = audio.createOscillator()
    const volume = audio.createGain()
    note.frequency.value = hertz
    volume.gain.setValueAtTime(0, at)
    volume.gain.linearRampToValueAtTime(0.12, at + 0.015)
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.35)
    note.connect(volume).connect(audio.destination)
    note.start(at)
    note.stop(at + 0.4)
  }
}
