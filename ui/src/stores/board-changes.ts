import { onCleanup } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import type { Api } from '../api'
import { problemText } from '../problem'
import { texts } from '../texts'
import {
  createHeldChanges,
  type HeldChanges,
  type Outcome,
  type WantedChange,
} from './held-changes'
import type { Realtime } from './realtime'
import { createSendChange } from './status-changes'
import type { Toasts } from './toasts'

const say = texts.board.toasts

/** Changes of status that staff chose. Without network none is held, and a toast says so. */
export interface BoardChanges extends HeldChanges {
  /** The board is in sight and shows what becomes of them. Returns what ends that. */
  readonly attend: () => () => void
  readonly isAttended: () => boolean
}

/** Owned: at its end nothing more is sent, and a toast tells what was not. */
export function createBoardChanges(deps: {
  readonly realtime: Pick<Realtime, 'state'>
  readonly api: Api
  readonly toasts: Pick<Toasts, 'show'>
  /** Shows an order as the server answered it. */
  readonly take: (order: Order) => void
}): BoardChanges {
  const { realtime, api, toasts, take } = deps
  let attending = 0

  function onOutcome({ orderId, status }: WantedChange, outcome: Outcome): void {
    const number = orderNumber(orderId)
    if (outcome.kind !== 'failed') take(outcome.order)
    if (outcome.kind === 'already') {
      toasts.show({ tone: 'info', text: say.isAlready(number, status) })
    }
    if (attending > 0) return
    if (outcome.kind === 'conflict') {
      toasts.show({
        tone: 'warning',
        text: say.someoneElse(number),
        detail: say.decideOnBoard,
        href: '/board',
      })
    }
    if (outcome.kind === 'failed') {
      const detail = problemText(outcome.error)
      toasts.show({ tone: 'warning', text: say.notChanged(number), detail, href: '/board' })
    }
  }

  const changes = createHeldChanges({ send: createSendChange(api), onOutcome })

  // Browsers say no more than that something is not saved; whoever leaves all the same leaves it sent.
  const warn = (event: BeforeUnloadEvent) => {
    if (changes.open().length > 0) event.preventDefault()
  }
  window.addEventListener('beforeunload', warn)
  window.addEventListener('pagehide', changes.sendNow)
  onCleanup(() => {
    window.removeEventListener('beforeunload', warn)
    window.removeEventListener('pagehide', changes.sendNow)
    const { length } = changes.groups().flatMap((group) => group.changes)
    for (const { id } of changes.groups()) changes.undo(id)
    // Whatever else the end of the session clears away is gone by then.
    if (length > 0) {
      queueMicrotask(() => toasts.show({ tone: 'warning', text: say.notSent(length) }))
    }
  })

  return {
    ...changes,
    hold(wanted) {
      if (realtime.state().status !== 'offline') changes.hold(wanted)
      else toasts.show({ tone: 'warning', text: say.offline, detail: say.offlineText })
    },
    attend() {
      attending++
      return () => void attending--
    },
    isAttended: () => attending > 0,
  }
}
