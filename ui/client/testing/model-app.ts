import { expect } from 'bun:test'
import { foldInto } from '../../../server/protocol/fold'
import type { Order } from '../../../server/protocol/order'
import type { Client } from '../index'
import type { ModelLog } from './model-log'

/** An app that shows what the client tells it. */
export class ModelApp {
  readonly shown = new Map<string, Order>()
  /** Ids applied since the last snapshot, and the cursor of that. */
  applied: string[] = []
  from = ''

  watch(client: Client): void {
    client.on('snapshot', ({ items, cursor }) => {
      if (cursor === null) return items.forEach((order) => foldInto(this.shown, order))
      this.shown.clear()
      for (const order of items) this.shown.set(order.orderId, order)
      this.applied = []
      this.from = cursor
    })
    for (const event of ['order:created', 'order:updated', 'order:cancelled'] as const) {
      client.on(event, (order, { id }) => {
        foldInto(this.shown, order)
        this.applied.push(id)
      })
    }
    client.on('error', (problem) => {
      if (problem.source === 'app' || problem.source === 'server') throw problem.error
    })
  }

  /** Law 3 and 4, at every moment: each entry after the snapshot once, in log order, up to the cursor. */
  check(client: Client, log: ModelLog): void {
    const place = client.place('orders')
    const from = log.indexOf(this.from)
    // What was applied of a log that is lost by now cannot be compared with the one there is.
    if (!place || from === -1) return
    const ids = (to: number) =>
      log.entries
        .slice(from + 1, to + 1)
        .filter(({ order }) => order)
        .map(({ id }) => id)
    const { applied } = this
    expect(applied).toEqual(ids(applied.length > 0 ? log.indexOf(applied.at(-1)!) : from))
    expect(applied).toEqual(ids(log.indexOf(place.cursor)))
    expect(place.last === null || place.last === log.everLastAtOrBefore(place.cursor)).toBe(true)
  }
}
