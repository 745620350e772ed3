import { createEffect, on, onCleanup, untrack } from 'solid-js'
import { systemClock } from '../../client'
import { texts } from '../texts'
import { TOLD_REMEMBERED, type Told, type Versioned } from './told'
import type { Toasts, ToastText } from './toasts'
import { createUntilAnswered } from './until-answered'

/** What a reader can take in at once; more of it is told as a number. */
const MAX_AT_ONCE = 3
/** To ask all tabs for each order that is placed would keep a busy shop's board busy with nothing else. */
const SHOWN_AFTER_MS = 500

export interface NewsItem extends Versioned {
  /** By how many versions it rose. */
  readonly updates: number
  readonly text: ToastText
  /** The reader may have done it, in another tab: then it is no news. */
  readonly mayBeOwn?: boolean
}

/**
 * Tells what happens: at once to whoever looks, and when they are back what they missed, be it for a
 * connection that was cut, a page that was closed, or a tab out of sight. One by one, or how much it
 * was; in one tab of the browser, the one that is looked at.
 */
export interface News {
  /** @param missed true for what is heard late; it waits for `flush` */
  readonly tell: (item: NewsItem, missed: boolean) => void
  /** The interruption is over. */
  readonly flush: () => void
  /** The reader did it, here: resolves when no other tab takes it for news any more. */
  readonly own: (order: Versioned) => Promise<void>
  /** It shows where it happens: whoever looks sees it, and soon no tab takes it for news. */
  readonly shown: (item: NewsItem) => void
  /** What the reader knows of each order. */
  readonly told: Pick<Told, 'upTo' | 'record' | 'goBack'>
}

export interface NewsOptions {
  readonly toasts: Pick<Toasts, 'show'>
  readonly told: Told
  /** Reactive: whether the tab is in sight. */
  readonly looking: () => boolean
  /** Where a click on the number leads. */
  readonly href: string
  /** Resolves when no tab of the browser waits for the answer to a command. */
  readonly settled?: () => Promise<void>
  /**
   * Reactive: whether the reader waits for what becomes of a change of the order. What happens to it
   * meanwhile is told by the answer; where that does not tell it, after the answer.
   */
  readonly awaitsAnswer?: (orderId: string) => boolean
  /** Called with the orders that changed while nobody looked, when somebody does. */
  readonly onMissed?: (orderIds: readonly string[]) => void
  /** Called with what happens while nobody looks. */
  readonly onUnseen?: (item: NewsItem) => void
}

/** What they are news of. */
export type NewsSubject = Pick<NewsOptions, 'href' | 'onMissed' | 'awaitsAnswer'>

interface Waiting {
  version: number
  updates: number
  /** The newest, no more than can be told apart. */
  texts: readonly ToastText[]
}

/** Owned. */
export function createNews(options: NewsOptions): News {
  const { toasts, told, looking, settled = async () => {}, awaitsAnswer = () => false } = options
  const waiting = new Map<string, Waiting>()
  const own = new Map<string, number>()
  let shown: Versioned[] = []
  let uncounted = 0
  let interrupted = false
  let ended = false
  /** What is told in turn, while something of it has to be asked for. */
  let turn: Promise<void> | null = null

  function wait({ orderId, version, updates, text }: NewsItem): void {
    const before = waiting.get(orderId) ?? { version: 0, updates: 0, texts: [] }
    waiting.set(orderId, {
      version: Math.max(version, before.version),
      updates: updates + before.updates,
      texts: [...before.texts, text].slice(-MAX_AT_ONCE),
    })
    if (waiting.size <= TOLD_REMEMBERED) return
    // Of so many it is known one by one what happened; of more it is only counted.
    const [oldest, { updates: forgotten }] = waiting.entries().next().value!
    waiting.delete(oldest)
    uncounted += forgotten
  }

  function inTurn(run: () => Promise<void>): void {
    const mine: Promise<void> = (turn ?? Promise.resolve()).then(run).catch(reportError)
    turn = mine
    void mine.then(() => {
      if (turn === mine) turn = null
    })
  }

  function tellNow({ orderId, version, text }: NewsItem): void {
    told.record({ orderId, version })
    toasts.show(text)
  }

  async function tellUnlessOwn(item: NewsItem): Promise<void> {
    await settled()
    if (ended) return
    const before = isOwn(item) ? null : await told.claim([item])
    if (ended || (before?.get(item.orderId) ?? 0) >= item.version) return
    tellNow(item)
  }

  async function tellWhatWaited(): Promise<void> {
    const all = [...waiting]
    waiting.clear()
    const before = await told.claim(all.map(([orderId, { version }]) => ({ orderId, version })))
    if (ended) return
    const left = all.flatMap(([orderId, { version, updates, texts: newest }]) => {
      const untold = Math.min(updates, version - (before.get(orderId) ?? 0))
      return untold > 0 ? [{ orderId, updates: untold, texts: newest.slice(-untold) }] : []
    })
    // Whoever told the newest of many told the rest as well.
    const count = left.reduce((sum, { updates }) => sum + updates, left.length > 0 ? uncounted : 0)
    uncounted = 0
    if (count === 0) return
    options.onMissed?.(left.map(({ orderId }) => orderId))
    if (count <= MAX_AT_ONCE) {
      for (const { texts: each } of left) for (const text of each) toasts.show(text)
    } else {
      const { whileAway } = texts.orders.toasts
      toasts.show({ tone: 'info', text: whileAway(count), href: options.href })
    }
  }

  const isOwn = ({ orderId, version }: Versioned) => (own.get(orderId) ?? 0) >= version

  function tell(item: NewsItem, missed: boolean): void {
    // Whoever is here by now is somebody else.
    if (ended || keptBack(item)) return
    const inSight = untrack(looking)
    if (!inSight) options.onUnseen?.(item)
    if (missed) interrupted = true
    if (missed || interrupted || !inSight) wait(item)
    else if (item.mayBeOwn && !isOwn(item)) inTurn(() => tellUnlessOwn(item))
    else if (turn) inTurn(async () => tellNow(item))
    else tellNow(item)
  }

  const keptBack = createUntilAnswered<NewsItem>(
    ({ orderId }) => awaitsAnswer(orderId),
    (item) => void (isOwn(item) || tell(item, false)),
  )

  function deliver(): void {
    if (ended || interrupted || !untrack(looking) || (waiting.size === 0 && uncounted === 0)) return
    inTurn(tellWhatWaited)
  }

  function claimShown(): void {
    const claimed = shown
    shown = []
    if (!ended) void told.claim(claimed)
  }

  createEffect(on(looking, (inSight) => (inSight ? deliver() : told.flush()), { defer: true }))
  onCleanup(() => (ended = true))

  return {
    told,
    tell,
    flush() {
      interrupted = false
      deliver()
    },
    async own(order) {
      own.set(order.orderId, Math.max(order.version, own.get(order.orderId) ?? 0))
      await told.claim([order])
    },
    shown(item) {
      if (ended) return
      if (!untrack(looking)) return options.onUnseen?.(item)
      shown.push(item)
      if (shown.length === 1) systemClock.after(SHOWN_AFTER_MS, claimShown)
    },
  }
}
