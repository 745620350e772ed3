import { texts } from '../texts'
import type { Toasts, ToastText } from './toasts'

/** What a reader can take in at once; more of it is told as a number. */
const MAX_AT_ONCE = 3

/** Tells what happened during an interruption when it is over: one by one, or how much it was. */
export interface AwayToasts {
  /** @param missed true for what is told late; it waits for `flush` */
  readonly show: (text: ToastText, missed: boolean) => void
  /** The interruption is over. */
  readonly flush: () => void
}

/** @param href where a click on the number leads */
export function createAwayToasts(toasts: Pick<Toasts, 'show'>, href?: string): AwayToasts {
  let waiting: ToastText[] = []
  return {
    show(text, missed) {
      if (missed) waiting.push(text)
      else toasts.show(text)
    },
    flush() {
      const missed = waiting
      waiting = []
      if (missed.length <= MAX_AT_ONCE) missed.forEach((text) => toasts.show(text))
      else toasts.show({ tone: 'info', text: texts.orders.toasts.whileAway(missed.length), href })
    },
  }
}
