import { batch, createSignal } from 'solid-js'
import { systemClock, type Clock } from '../../client'
import type { Outcome, WantedChange } from './status-changes'

/** For so long a change can be taken back before it is sent. */
export const HOLD_MS = 5_000
/** While the reader is on it, for so long: who walks away from it has not taken it back. */
export const PAUSE_MS = 60_000
/** Of the changes that fall due together, so many are on their way at once. */
const AT_ONCE = 4
/**
 * Of what is sent as the page goes away. Browsers let no more outlive it than 256 requests with bodies
 * of 64 KiB together, and refuse the rest.
 */
const AT_ONCE_LEAVING = 200
const BYTES_AT_ONCE_LEAVING = 48 * 1024

export type ChangeState =
  | { readonly kind: 'held'; readonly group: number }
  | { readonly kind: 'sending' }
  | Extract<Outcome, { readonly kind: 'conflict' | 'failed' }>

/** A change that is not settled: it waits for its time, for the server, or for a decision. */
export interface OpenChange {
  readonly wanted: WantedChange
  readonly state: ChangeState
}

/** Changes that were chosen together, and are taken back together. */
export interface HeldGroup {
  readonly id: number
  readonly changes: readonly WantedChange[]
  /** When they are sent, in milliseconds since the epoch. */
  readonly dueAt: number
}

/** Changes of status between the choice and the server's answer. None is dropped but by the reader. */
export interface HeldChanges {
  /** Reactive: all that are open. */
  readonly open: () => readonly OpenChange[]
  /** Reactive: what is open of an order. */
  readonly of: (orderId: string) => OpenChange | undefined
  /** Reactive: what can still be taken back, oldest first. */
  readonly groups: () => readonly HeldGroup[]
  /** Holds changes of different orders. One that is held already is replaced, one being sent stays. */
  readonly hold: (wanted: readonly WantedChange[]) => void
  /** Without an id: the group held last. */
  readonly undo: (group?: number) => void
  /** The reader is on a group, with the pointer or the keyboard: it waits `PAUSE_MS`. */
  readonly pause: (group: number) => void
  /** The reader has left it: it has its full time again. */
  readonly resume: (group: number) => void
  /** The page goes away: nothing is held any longer, and as much is sent at once as may outlive it. */
  readonly sendNow: () => void
  /** Of a conflict: makes the change to what the order is now. Of a failure: tries it once more. */
  readonly sendAgain: (orderId: string) => void
  /** Of a conflict: the order stays as it is. Of a failure: it is given up. */
  readonly drop: (orderId: string) => void
}

interface Timer {
  readonly dueAt: number
  readonly stop: () => void
}

export interface HeldChangesDeps {
  /** Never rejects. */
  readonly send: (wanted: WantedChange) => Promise<Outcome>
  /** Called with every outcome, after it shows in `open`. */
  readonly onOutcome: (wanted: WantedChange, outcome: Outcome) => void
}

export function createHeldChanges(deps: HeldChangesDeps, clock: Clock = systemClock): HeldChanges {
  const known = new Map<string, OpenChange>()
  // Never another map: thousands are chosen together, and each is settled on its own.
  const [changes, changed] = createSignal<ReadonlyMap<string, OpenChange>>(known, { equals: false })
  /** When each held group is sent, and what cancels that. */
  const [timers, setTimers] = createSignal<ReadonlyMap<number, Timer>>(new Map())
  /** Due, and waiting for others to be answered. */
  const queue: WantedChange[] = []
  /** On their way, and what their bodies take. */
  let running = 0
  let runningBytes = 0
  let lastGroup = 0

  function put(wanted: WantedChange, state: ChangeState): void {
    known.set(wanted.orderId, { wanted, state })
    changed(known)
  }

  function remove(orderIds: readonly string[]): void {
    for (const orderId of orderIds) known.delete(orderId)
    changed(known)
  }

  function groups(): readonly HeldGroup[] {
    const found = new Map<number, WantedChange[]>()
    for (const { wanted, state } of changes().values()) {
      if (state.kind !== 'held') continue
      const group = found.get(state.group) ?? []
      found.set(state.group, group)
      group.push(wanted)
    }
    return [...found]
      .map(([id, wanted]) => ({ id, changes: wanted, dueAt: timers().get(id)?.dueAt ?? 0 }))
      .sort((a, b) => a.id - b.id)
  }

  function stopTimer(group: number): void {
    timers().get(group)?.stop()
    setTimers((running) => new Map([...running].filter(([id]) => id !== group)))
  }

  function startTimer(group: number, afterMs: number): void {
    timers().get(group)?.stop()
    const stop = clock.after(afterMs, () => batch(() => send(take(group))))
    setTimers((running) => new Map(running).set(group, { dueAt: clock.now() + afterMs, stop }))
  }

  function restartTimer(group: number, afterMs: number): void {
    if (timers().has(group)) startTimer(group, afterMs)
  }

  function take(group: number): readonly WantedChange[] {
    const taken = groups().find(({ id }) => id === group)?.changes ?? []
    stopTimer(group)
    return taken
  }

  async function sendOne(wanted: WantedChange): Promise<void> {
    const bytes = bodyBytes(wanted)
    running++
    runningBytes += bytes
    const outcome = await deps.send(wanted)
    running--
    runningBytes -= bytes
    batch(() => {
      if (outcome.kind === 'conflict' || outcome.kind === 'failed') put(wanted, outcome)
      else remove([wanted.orderId])
      deps.onOutcome(wanted, outcome)
    })
    sendQueued()
  }

  function sendQueued(atOnce = AT_ONCE): void {
    while (queue.length > 0 && running < atOnce && runningBytes < BYTES_AT_ONCE_LEAVING) {
      void sendOne(queue.shift()!)
    }
  }

  function send(due: readonly WantedChange[]): void {
    batch(() => {
      for (const wanted of due) put(wanted, { kind: 'sending' })
    })
    queue.push(...due)
    sendQueued()
  }

  return {
    open: () => [...changes().values()],
    of: (orderId) => changes().get(orderId),
    groups,
    hold(wanted) {
      const group = ++lastGroup
      const free = wanted.filter(({ orderId }) => changes().get(orderId)?.state.kind !== 'sending')
      if (free.length === 0) return
      batch(() => {
        // Taken out first, so that it stands where it was chosen last.
        remove(free.map(({ orderId }) => orderId))
        for (const one of free) put(one, { kind: 'held', group })
        startTimer(group, HOLD_MS)
      })
    },
    undo(group = groups().at(-1)?.id) {
      if (group === undefined) return
      batch(() => remove(take(group).map(({ orderId }) => orderId)))
    },
    pause: (group) => restartTimer(group, PAUSE_MS),
    resume: (group) => restartTimer(group, HOLD_MS),
    sendNow() {
      batch(() => send(groups().flatMap(({ id }) => take(id))))
      sendQueued(AT_ONCE_LEAVING)
    },
    sendAgain(orderId) {
      const change = changes().get(orderId)
      if (change?.state.kind === 'failed') send([change.wanted])
      if (change?.state.kind !== 'conflict') return
      send([{ ...change.wanted, seenVersion: change.state.order.version }])
    },
    drop(orderId) {
      const kind = changes().get(orderId)?.state.kind
      if (kind === 'conflict' || kind === 'failed') remove([orderId])
    },
  }
}

function bodyBytes({ status, reason }: WantedChange): number {
  return new TextEncoder().encode(JSON.stringify({ status, reason })).length
}
