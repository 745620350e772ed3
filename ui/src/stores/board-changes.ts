import { onCleanup } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import type { Api } from '../api'
import { problemText } from '../problem'
import { texts } from '../texts'
import { createHeldChanges, type HeldChanges } from './held-changes'
import type { Realtime } from './realtime'
import { createSendChange, type Outcome, type WantedChange } from './status-changes'
import type { Toasts } from './toasts'

const say = texts.board.toasts

/** Changes of status that staff chose. Without network none is held, and a toast says so. */
export interface BoardChanges extends HeldChanges {
  /** False without network, where nothing is held. */
  readonly hold: (wanted: readonly WantedChange[]) => boolean
  /** The board is in sight and shows what becomes of them. Returns what ends that. */
  readonly attend: () => () => void
  readonly isAttended: () => boolean
}

/**
 * Owned. Whatever ends the time to take something back, the reader has chosen it: it is sent at once
 * where the page goes out of sight, where it is left, and at the end of the session. A page out of
 * sight may never run again, and nobody is there to take anything back.
 */
export function createBoardChanges(deps: {
  readonly realtime: Pick<Realtime, 'state'>
  /** Speaks for the bearer of the session also right after its end. */
  readonly api: Api
  readonly toasts: Pick<Toasts, 'show'>
  /** Shows an order as the server answered it. */
  readonly take: (order: Order) => void
}): BoardChanges {
  const { realtime, api, toasts, take } = deps
  let attending = 0
  let ended = false

  function onOutcome({ orderId, status }: WantedChange, outcome: Outcome): void {
    if (ended) {
      tellOfEnd()
      return
    }
    const number = orderNumber(orderId)
    if (outcome.kind !== 'failed') take(outcome.order)
    if (outcome.kind === 'already') {
      toasts.show({ tone: 'info', text: say.isAlready(number, status) })
    }
    if (attending > 0) return
    if (outcome.kind === 'conflict') {
      toasts.show({
        tone: 'warning',
        text:
          outcome.order.status === 'cancelled' ? say.wasCancelled(number) : say.someoneElse(number),
        detail: say.decideOnBoard,
        href: '/board',
      })
    }
    if (outcome.kind === 'failed') {
      const detail = problemText(outcome.error)
      toasts.show({ tone: 'warning', text: say.notChanged(number), detail, href: '/board' })
    }
  }

  /** Nobody is there to decide: once all are answered, it is told how many were not made. */
  function tellOfEnd(): void {
    const open = changes.open()
    if (open.length === 0 || open.some(({ state }) => state.kind === 'sending')) return
    toasts.show({ tone: 'warning', text: say.notMade(open.length) })
  }

  const changes = createHeldChanges({ send: createSendChange(api), onOutcome })

  const onVisibility = () => {
    if (document.visibilityState === 'hidden') changes.sendNow()
  }
  // Browsers say no more than that something is not saved; whoever leaves all the same leaves it sent.
  const warn = (event: BeforeUnloadEvent) => {
    if (changes.open().length > 0) event.preventDefault()
  }
  document.addEventListener('visibilitychange', onVisibility)
  window.addEventListener('beforeunload', warn)
  window.addEventListener('pagehide', changes.sendNow)
  onCleanup(() => {
    document.removeEventListener('visibilitychange', onVisibility)
    window.removeEventListener('beforeunload', warn)
    window.removeEventListener('pagehide', changes.sendNow)
    ended = true
    changes.sendNow()
    // Whatever else the end of the session clears away is gone by then.
    queueMicrotask(tellOfEnd)
  })

  return {
    ...changes,
    hold(wanted) {
      const online = realtime.state().status !== 'offline'
      if (online) changes.hold(wanted)
      else toasts.show({ tone: 'warning', text: say.offline, detail: say.offlineText })
      return online
    },
    attend() {
      attending++
      return () => void attending--
    },
    isAttended: () => attending > 0,
  }
}
