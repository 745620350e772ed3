import { AppError } from '../errors'
import type { Order } from '../protocol/order'
import type { OrderStatus } from '../protocol/order-status'
import { isNoKey, orderColumns, readOrder, shownOrderOf, wholeOrderOf } from './order-rows.postgres'
import type { OrderRow } from './order-rows.postgres'
import type { AdminQuery, OrderPage, PageQuery } from './order-store'
import { lexemeOf } from './order-writes.postgres'
import { searchWords } from './search'
import { wordsOf } from './search-words'

/** Orders among which a search looks one by one, newest first, before it asks the index. */
const LOOKED_THROUGH = 500

/** What the page after `next` starts below. */
interface Walk {
  readonly before: number
  readonly limit: number
}

export async function listOfBuyer(
  sql: Bun.SQL,
  buyerId: string,
  query: PageQuery,
): Promise<OrderPage> {
  const walk = await walkOf(sql, query, (row) => row.buyerId === buyerId)
  if (isNoKey(buyerId)) return { items: [], next: null }
  const rows = await sql<OrderRow[]>`
    SELECT ${orderColumns(sql)} FROM orders o
    WHERE o.buyer_id = ${buyerId} AND o.seq < ${walk.before}
    ORDER BY o.seq DESC LIMIT ${walk.limit}`
  return pageOf(query, rows, shownOrderOf)
}

export async function listOfAll(sql: Bun.SQL, query: AdminQuery): Promise<OrderPage> {
  const walk = await walkOf(sql, query, () => true)
  return pageOf(query, await findOrders(sql, query, walk), wholeOrderOf)
}

async function findOrders(
  sql: Bun.SQL,
  { status, search }: AdminQuery,
  walk: Walk,
): Promise<readonly OrderRow[]> {
  if (search === undefined || search.trim() === '') {
    return await sql<OrderRow[]>`
      SELECT ${orderColumns(sql)} FROM orders o
      WHERE ${isIn(sql, status)} o.seq < ${walk.before}
      ORDER BY o.seq DESC LIMIT ${walk.limit}`
  }
  const phrases = searchWords(search)
    .map(wordsOf)
    .filter((words) => words.length > 0)
  return phrases.length === 0 ? [] : await findMatching(sql, phrases, status, walk)
}

/**
 * What many orders hold is found among the newest, without reading its whole list in the index, which
 * may be long. What few hold is found by the index, without reading the orders.
 */
async function findMatching(
  sql: Bun.SQL,
  phrases: readonly (readonly string[])[],
  status: OrderStatus | undefined,
  { before, limit }: Walk,
): Promise<readonly OrderRow[]> {
  // The last word of a phrase may go on, and each begins a word: all stand after a space.
  const matching = sql`s.words LIKE ALL (${sql.array(
    phrases.map((words) => `% ${words.join(' ')}%`),
    'TEXT',
  )})`
  // One by one, by a subquery: a join would read the words of all before it shows one.
  const newest = await sql<OrderRow[]>`
    SELECT ${orderColumns(sql)} FROM (
      SELECT * FROM orders o WHERE ${isIn(sql, status)} o.seq < ${before}
      ORDER BY o.seq DESC LIMIT ${LOOKED_THROUGH}
    ) o
    WHERE (SELECT ${matching} FROM order_search s WHERE s.seq = o.seq)
    ORDER BY o.seq DESC LIMIT ${limit}`
  if (newest.length === limit || !(await hasMoreThanLookedThrough(sql, status, before))) {
    return newest
  }
  // Chapter by chapter, the newest first, until the page is full. No ORDER BY for the whole: it would
  // read them all. A lateral join has nothing but the order of its left side to go by.
  return await sql<OrderRow[]>`
    SELECT ${orderColumns(sql)} FROM generate_series(
      (SELECT order_search_chapter(least(max(seq), ${before}::bigint)) FROM order_search), 0, -1
    ) chapter CROSS JOIN LATERAL (
      SELECT s.seq FROM order_search s
      WHERE order_search_terms(s.seq, s.lexemes)
          @@ (${tsquery(phrases)} || ' & ''#' || chapter || '''')::tsquery
        AND ${matching} AND s.seq + 0 < ${before} -- not by its index: the chapter is narrower
      ORDER BY s.seq DESC
    ) found CROSS JOIN LATERAL (
      SELECT * FROM orders o WHERE ${isIn(sql, status)} o.seq = found.seq
    ) o LIMIT ${limit}`
}

async function hasMoreThanLookedThrough(
  sql: Bun.SQL,
  status: OrderStatus | undefined,
  before: number,
): Promise<boolean> {
  const found = await sql`
    SELECT 1 FROM orders o WHERE ${isIn(sql, status)} o.seq < ${before}
    ORDER BY o.seq DESC LIMIT 1 OFFSET ${LOOKED_THROUGH}`
  return found.length > 0
}

/** Every word of every phrase, the last of each as a beginning. */
function tsquery(phrases: readonly (readonly string[])[]): string {
  return phrases
    .flatMap((words) =>
      words.map((word, index) => {
        const lexeme = lexemeOf(word)
        const isPart = index === words.length - 1 || lexeme !== word
        return `'${lexeme.replaceAll(/['\\]/g, '$&$&')}'${isPart ? ':*' : ''}`
      }),
    )
    .join(' & ')
}

function isIn(sql: Bun.SQL, status: OrderStatus | undefined) {
  return status === undefined ? sql`` : sql`o.status = ${status} AND`
}

/** `next` is the id of the last order shown: nothing in it tells how many orders the shop has. */
async function walkOf(
  sql: Bun.SQL,
  { limit, next }: PageQuery,
  isListed: (row: OrderRow) => boolean,
): Promise<Walk> {
  // One row more than asked for tells whether there is a next page.
  if (next === undefined) return { before: Number.MAX_SAFE_INTEGER, limit: limit + 1 }
  const row = await readOrder(sql, next)
  if (row && isListed(row)) return { before: row.seq, limit: limit + 1 }
  throw new AppError('invalid_next', 400, 'next: expected the next of the page before', {
    extensions: { field: 'next' },
  })
}

function pageOf(
  { limit }: PageQuery,
  rows: readonly OrderRow[],
  orderOf: (row: OrderRow) => Order,
): OrderPage {
  const shown = rows.slice(0, limit)
  const next = rows.length > limit ? shown.at(-1)!.orderId : null
  return { items: shown.map(orderOf), next }
}
