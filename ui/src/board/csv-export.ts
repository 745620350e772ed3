import { createSignal, onCleanup } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import type { Api, OrderQuery } from '../api'
import { isServerOrder, sortIds } from '../stores/board-sort'
import { FURTHER_PAGE_SIZE, type BoardView } from '../stores/board-view'
import { texts } from '../texts'
import { ordersCsv } from './orders-csv'

/** A file of all orders that the filter and the search leave, page by page from the server. */
export interface CsvExport {
  /** Reactive: how many orders came so far; null while none are asked for. */
  readonly loaded: () => number | null
  /** Reactive: how many the last file holds; null before one. */
  readonly written: () => number | null
  /** Reactive: why no file came; null when it did. */
  readonly error: () => unknown
  readonly start: () => Promise<void>
  readonly stop: () => void
}

/** Owned: its end stops it. */
export function createCsvExport(api: Api, view: BoardView): CsvExport {
  const [loaded, setLoaded] = createSignal<number | null>(null)
  const [written, setWritten] = createSignal<number | null>(null)
  const [error, setError] = createSignal<unknown>(null)
  let running: AbortController | null = null

  function stop(): void {
    running?.abort()
    running = null
    setLoaded(null)
  }
  onCleanup(stop)

  async function loadAll(query: OrderQuery, signal: AbortSignal): Promise<Map<string, Order>> {
    // By id: what moves between two pages is one order all the same.
    const orders = new Map<string, Order>()
    let next: string | null = null
    do {
      const page: Awaited<ReturnType<Api['allOrders']>> = await api.allOrders(
        { ...query, limit: FURTHER_PAGE_SIZE, ...(next !== null && { next }) },
        signal,
      )
      for (const order of page.items) orders.set(order.orderId, order)
      setLoaded(orders.size)
      next = page.next
    } while (next !== null)
    return orders
  }

  return {
    loaded,
    written,
    error,
    async start() {
      stop()
      const own = new AbortController()
      running = own
      setLoaded(0)
      setWritten(null)
      setError(null)
      const [status, search, sort] = [view.status(), view.search().trim(), view.sort()]
      const query = { ...(status !== null && { status }), ...(search !== '' && { search }) }
      try {
        const orders = await loadAll(query, own.signal)
        const ids = [...orders.keys()]
        const sorted = isServerOrder(sort) ? ids : sortIds(ids, [], (id) => orders.get(id)!, sort)
        save(
          ordersCsv(
            texts.board.csv,
            sorted.map((id) => orders.get(id)!),
          ),
        )
        setWritten(orders.size)
      } catch (failure) {
        if (!own.signal.aborted) setError(failure)
      }
      if (running === own) stop()
    },
    stop,
  }
}

/** Hands a text to the browser as a download. */
function save(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = texts.board.exportFile(new Date().toISOString().slice(0, 10))
  link.click()
  // Not in the same turn: the browser may still be about to read it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
