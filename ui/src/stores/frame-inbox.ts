import { onCleanup } from 'solid-js'
import { createPacedFrames } from './paced-frames'

/** Keeps what arrives until the page draws its next frame: what nobody could see is not worked out. */
export interface FrameInbox<Item> {
  readonly put: (item: Item) => void
  /** Hands over now what waits. */
  readonly flush: () => void
}

/** When frames come. */
export interface Frames {
  /** Calls back once, before the next frame is drawn or soon. Returns what cancels it. */
  readonly next: (callback: () => void) => () => void
  /** Nothing is drawn: nothing has to wait. */
  readonly areOff: () => boolean
}

/** Owned. @param take gets what arrived, in its order, at least one */
export function createFrameInbox<Item>(
  take: (items: readonly Item[]) => void,
  frames: Frames = createPacedFrames(),
): FrameInbox<Item> {
  let waiting: Item[] = []
  let cancel: (() => void) | null = null

  function flush(): void {
    cancel?.()
    cancel = null
    const items = waiting
    waiting = []
    if (items.length > 0) take(items)
  }
  onCleanup(() => cancel?.())

  return {
    put(item) {
      waiting.push(item)
      if (frames.areOff()) flush()
      else cancel ??= frames.next(flush)
    },
    flush,
  }
}
