import { onCleanup } from 'solid-js'
import { systemClock, type Clock } from '../../client'
import type { Frames } from './frame-inbox'

/** Whoever types, scrolls or clicks goes on within this long, or has come to rest. */
const ACTING_MS = 120
/** Nothing waits longer for somebody who does not come to rest, or for a machine that is slow. */
const MOST_MS = 400
/** A page that is visible, and not drawn all the same, has its turn after this long. */
const PATIENCE_MS = 250

const INPUTS = ['keydown', 'pointerdown', 'wheel', 'touchmove', 'input', 'scroll'] as const

/** What of the browser is asked. */
export interface Screen {
  /** Calls back before the next frame is drawn. Returns what cancels it. */
  readonly frame: (callback: () => void) => () => void
  readonly isHidden: () => boolean
  /** Calls at each thing that the reader does. Returns what ends it. */
  readonly onInput: (listener: () => void) => () => void
}

/**
 * Owned: frames for what comes in by itself, so that what the reader does always comes first. After a
 * frame that took long as much time is left to the reader, and while somebody types or scrolls the
 * page draws that and nothing else, for a moment. On a machine that is quick enough it is each frame.
 */
export function createPacedFrames(
  clock: Clock = pageClock,
  screen: Screen = browserScreen,
): Frames {
  let restsUntil = Number.NEGATIVE_INFINITY
  let actedAt = Number.NEGATIVE_INFINITY
  onCleanup(screen.onInput(() => (actedAt = clock.now())))

  /** Milliseconds to wait, of somebody who waits since then. */
  function waitMs(since: number): number {
    return Math.min(Math.max(restsUntil, actedAt + ACTING_MS), since + MOST_MS) - clock.now()
  }

  function draw(callback: () => void): void {
    const from = clock.now()
    callback()
    // The task after it: styles, layout and paint are done.
    clock.after(0, () => {
      const now = clock.now()
      restsUntil = now + (now - from)
    })
  }

  /** The next frame, or soon where none comes. */
  function onFrame(turn: () => void): () => void {
    const stops = [screen.frame(once), clock.after(PATIENCE_MS, once)]
    function stop(): void {
      for (const each of stops) each()
    }
    function once(): void {
      stop()
      turn()
    }
    return stop
  }

  return {
    next(callback) {
      const since = clock.now()
      let cancel: () => void
      function wait(): void {
        const ms = waitMs(since)
        cancel = ms > 0 ? clock.after(ms, wait) : onFrame(() => draw(callback))
      }
      wait()
      return () => cancel()
    },
    areOff: screen.isHidden,
  }
}

/** Nobody sets it back, as they may the clock on the wall. */
const pageClock: Clock = { now: () => performance.now(), after: systemClock.after }

const browserScreen: Screen = {
  frame(callback) {
    const frame = requestAnimationFrame(callback)
    return () => cancelAnimationFrame(frame)
  },
  isHidden: () => document.hidden,
  onInput(listener) {
    const how = { capture: true, passive: true }
    for (const name of INPUTS) window.addEventListener(name, listener, how)
    return () => {
      for (const name of INPUTS) window.removeEventListener(name, listener, how)
    }
  },
}
