import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { AppError } from '../../errors'
import { orderNumber } from '../../protocol/order'
import type { AdminQuery, PageQuery } from '../order-store'
import type { Bench } from './fixtures'
import { placed, search, tryCancel, walk } from './fixtures'
import { ALICE, BOB, draft, PRODUCTS } from './samples'

/** Lists and search. */
export function listFeatures(bench: () => Bench): void {
  describe('a list', () => {
    test('of a customer holds theirs alone, newest first, each once', async () => {
      const { store } = bench()
      const mine: string[] = []
      for (let count = 0; count < 7; count++) {
        mine.unshift((await placed(store, draft({ cup: 1 }), ALICE)).orderId)
        await placed(store, draft({ cup: 1 }), BOB)
      }
      for (const limit of [1, 3, 7, 100]) {
        const page = (query: PageQuery) => store.ofBuyer('alice', query)
        expect(await walk(page, { limit })).toEqual(mine)
      }
      expect(await store.ofBuyer('nobody', { limit: 5 })).toEqual({ items: [], next: null })
    })

    test('that is walked misses and doubles nothing while orders arrive and change', async () => {
      const { store } = bench()
      const old: string[] = []
      for (let count = 0; count < 6; count++) old.unshift((await placed(store)).orderId)
      const page = async (query: AdminQuery) => {
        const answer = await store.all(query)
        await placed(store)
        await tryCancel(store, old.at(-1)!)
        return answer
      }
      expect(await walk(page, { limit: 2 })).toEqual(old)
    })

    test('shows orders as they are now', async () => {
      const { store } = bench()
      const { orderId } = await placed(store)
      await tryCancel(store, orderId)
      const { items } = await store.ofBuyer('alice', { limit: 1 })
      expect(items).toEqual([(await store.find(orderId))!.order])
    })

    test('of one status follows every change', async () => {
      const { store } = bench()
      const [first, second, third] = [await placed(store), await placed(store), await placed(store)]
      await tryCancel(store, second.orderId)
      expect(await search(store, { status: 'pending' })).toEqual([third.orderId, first.orderId])
      expect(await search(store, { status: 'cancelled' })).toEqual([second.orderId])
      expect(await search(store, { status: 'shipped' })).toEqual([])
    })

    test('refuses a next that it did not answer', async () => {
      const { store } = bench()
      const foreign = await placed(store, draft({ cup: 1 }), BOB)
      const codeOf = async (query: PageQuery) => {
        try {
          await store.ofBuyer('alice', query)
        } catch (error) {
          return error instanceof AppError && error.code
        }
      }
      for (const next of ['', 'x', '0', '1 OR 1=1', `${foreign.orderId} `, foreign.orderId]) {
        expect(await codeOf({ limit: 1, next })).toBe('invalid_next')
      }
    })
  })

  describe('a search', () => {
    test('finds each word at the beginning of a word', async () => {
      const { store } = bench()
      const first = await placed(store, draft({ cup: 1 }, 'José Álvarez-Ruiz'), ALICE)
      const second = await placed(store, draft({ bowl: 1 }, 'Jo O’Neill'), BOB)
      const number = orderNumber(first.orderId)
      const both = [second.orderId, first.orderId]
      const cases: [string, string[]][] = [
        ['jos', [first.orderId]],
        ['JOSE alv', [first.orderId]],
        ['ruiz', [first.orderId]],
        ['jo', both],
        ['  jo\t', both],
        ['', both],
        ['ose', []],
        [number, [first.orderId]],
        [`#${number}`, [first.orderId]],
        [number.toLowerCase().slice(0, 5), [first.orderId]],
        [first.orderId, [first.orderId]],
        [first.orderId.toUpperCase(), [first.orderId]],
        ['alice@example.com', [first.orderId]],
        ['alice@ex', [first.orderId]],
        ['alice', [first.orderId]],
        ['bob', [second.orderId]],
        ['espresso', [first.orderId]],
        ['ceram bow', [second.orderId]],
        ['bob espresso', []],
        ['neill', [second.orderId]],
        ['jo — bowl', [second.orderId]],
        ['—', []],
      ]
      for (const [words, found] of cases) {
        expect([words, await search(store, { search: words })]).toEqual([words, found])
      }
      expect(await search(store, { search: 'jo', status: 'shipped' })).toEqual([])
      expect(await search(store, { search: 'jo', status: 'pending' })).toEqual(both)
    })

    test('takes nothing for syntax', async () => {
      const { store } = bench()
      const { orderId } = await placed(store)
      const hostile = ['"', '""', '*', 'a*', 'NOT', '(', 'words:alice', '{words}', '^alice']
      hostile.push('alice OR bob', 'NEAR(alice miller)', "'; DROP TABLE orders", '-alice', 'a\0b')
      hostile.push(
        'al"ice',
        'a" OR "b',
        'a""b',
        '"alice',
        '\ud800',
        '%',
        '_',
        'alice + miller',
        'alice AND miller',
        '\\',
      )
      for (const words of hostile) await search(store, { search: words })
      expect(await search(store, { search: 'alice OR bob' })).toEqual([])
      expect(await search(store, { search: 'al%ce' })).toEqual([])
      expect(await search(store, { search: '"alice" *miller*' })).toEqual([orderId])
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (words) => {
          await search(store, { search: words })
        }),
      )
    })

    test('is walked like any list', async () => {
      const { store } = bench()
      const found: string[] = []
      for (let count = 0; count < 5; count++) {
        found.unshift((await placed(store, draft({ cup: 1 }))).orderId)
        await placed(store, draft({ bowl: 1 }))
      }
      const page = (query: AdminQuery) => store.all(query)
      for (const limit of [1, 2, 5]) {
        expect(await walk(page, { limit, search: 'espr' })).toEqual(found)
        expect(await walk(page, { limit, search: 'espr', status: 'pending' })).toEqual(found)
      }
    })
  })

  describe('the products', () => {
    test('are those that can be ordered, as they were put in', async () => {
      const active = PRODUCTS.filter((product) => product.active)
      expect(await bench().store.products()).toEqual(active)
    })

    test('are put in once', async () => {
      const { store } = bench()
      expect(await store.seedProducts([{ ...PRODUCTS[0]!, id: 'more' }])).toBe(false)
      expect((await store.products()).map((product) => product.id)).not.toContain('more')
    })
  })
}
