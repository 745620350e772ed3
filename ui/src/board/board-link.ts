import { isOrderStatus } from '../../../server/protocol/order-status'
import { firstSort, isServerOrder, NEWEST_FIRST, SORT_KEYS } from '../stores/board-sort'
import type { Sort } from '../stores/board-sort'
import type { BoardQuery } from '../stores/board-view'

/** All that the address of the board says. */
export interface BoardLink extends BoardQuery {
  readonly orderId: string | null
}

/** As long as the server takes one. */
const MAX_SEARCH = 200

/** @param search of an address, `?status=pending&…`. What cannot be read is as if it were not there. */
export function readBoardQuery(search: string): BoardLink {
  const query = new URLSearchParams(search)
  const status = query.get('status')
  return {
    status: isOrderStatus(status) ? status : null,
    search: (query.get('q') ?? '').slice(0, MAX_SEARCH),
    sort: readSort(query.get('sort'), query.get('dir')),
    orderId: query.get('order'),
  }
}

function readSort(name: string | null, direction: string | null): Sort {
  const key = SORT_KEYS.find((known) => known === name)
  if (key === undefined) return NEWEST_FIRST
  const first = firstSort(key)
  return { key, descending: direction === null ? first.descending : direction === 'desc' }
}

/** `?status=pending&q=cup&sort=total&dir=desc`, or `''` for all orders, newest first. */
export function writeBoardQuery({ status, search, sort, orderId }: BoardLink): string {
  const pairs: [string, string][] = []
  if (status !== null) pairs.push(['status', status])
  if (search.trim() !== '') pairs.push(['q', search])
  if (!isServerOrder(sort)) {
    pairs.push(['sort', sort.key], ['dir', sort.descending ? 'desc' : 'asc'])
  }
  if (orderId !== null) pairs.push(['order', orderId])
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
