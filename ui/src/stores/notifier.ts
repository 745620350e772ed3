import { createEffect, on, onCleanup } from 'solid-js'
import { systemClock, type Clock } from '../../client'
import type { NewsItem } from './news'
import type { Note, Notifications } from './notifications'
import type { Told } from './told'

/** A burst is one notification, and a tab in sight has told by then what it tells. */
const AFTER_MS = 1_000
/** More orders than that are told as a number. */
const MAX_APART = 3

export interface NotifierOptions {
  readonly notifications: Pick<Notifications, 'show' | 'close' | 'state'>
  /** What tabs in sight told. */
  readonly told: Told
  /** What notifications told: each is shown by one tab. */
  readonly notified: Told
  /** Reactive. */
  readonly looking: () => boolean
  /** What stands for `amount` of them since somebody looked. */
  readonly many: (amount: number) => Omit<Note, 'tag'>
  /** How many may stand apart; 0: they are counted from the second one on. */
  readonly maxApart?: number
  readonly isWorth?: (item: NewsItem) => boolean
}

/** Notifies of what happens while no tab of the browser is in sight. Owned. */
export function createNotifier(
  options: NotifierOptions,
  clock: Clock = systemClock,
): (item: NewsItem) => void {
  const { notifications, told, notified, looking, many, maxApart = MAX_APART } = options
  let pending: NewsItem[] = []
  let cancel: (() => void) | null = null
  /** Since somebody looked. */
  let amount = 0
  let ended = false

  const isUntold = ({ orderId, version }: NewsItem) => told.upTo(orderId) < version

  async function show(): Promise<void> {
    cancel = null
    const news = pending.filter(isUntold)
    pending = []
    if (looking() || news.length === 0) return
    const before = await notified.claim(news)
    const mine = news.filter(({ orderId, version }) => (before.get(orderId) ?? 0) < version)
    if (ended || looking() || mine.length === 0) return
    const orders = new Map(mine.map((item) => [item.orderId, item]))
    amount += mine.length
    if (amount === 1 || (orders.size <= maxApart && amount <= maxApart)) {
      for (const { orderId, text } of orders.values()) {
        const { text: title, detail: body, href = '/' } = text
        notifications.show({ title, body, href, tag: `order:${orderId}` })
      }
    } else {
      notifications.close()
      notifications.show({ ...many(amount), tag: 'many' })
    }
  }

  createEffect(
    on(looking, (inSight) => {
      if (inSight) amount = 0
    }),
  )
  onCleanup(() => {
    ended = true
    cancel?.()
    notifications.close()
  })

  return (item) => {
    if (notifications.state() !== 'on' || options.isWorth?.(item) === false) return
    pending.push(item)
    cancel ??= clock.after(AFTER_MS, () => void show())
  }
}
