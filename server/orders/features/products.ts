import { describe, expect, test } from 'bun:test'
import type { OrderStore } from '../order-store'
import { addProduct, changeProduct } from '../product-rules'
import type { ProductChange, ProductDecision } from '../product-rules'
import type { Bench } from './fixtures'
import { placed, tryPlace } from './fixtures'
import { BOWL, CUP, DOLLARS, draft, PRODUCTS, product, RETIRED } from './samples'

const POT = product('pot', 3_200, { picture: 'pot.svg' })

function tryAdd(store: OrderStore, added = POT): Promise<ProductDecision> {
  return store.changeProduct({
    productId: added.id,
    decide: (known) => addProduct(added, added.currency, known),
  })
}

function tryChangeProduct(
  store: OrderStore,
  productId: string,
  change: ProductChange,
  version = 1,
): Promise<ProductDecision> {
  return store.changeProduct({
    productId,
    decide: (known) => changeProduct(known, change, [version]),
  })
}

/** What is sold, and what staff change of it. */
export function productFeatures(bench: () => Bench): void {
  describe('products', () => {
    test('are listed as the shop sorted them, to staff the hidden ones too', async () => {
      const { store } = bench()
      expect(await store.products()).toEqual([CUP, BOWL, DOLLARS])
      expect(await store.allProducts()).toEqual(PRODUCTS)
    })

    test('that are added come last, are sold, and are there after a restart', async () => {
      const { store, reopen } = bench()
      expect(await tryAdd(store)).toEqual({ outcome: 'accepted', product: POT })
      expect((await store.products()).at(-1)).toEqual(POT)
      expect((await placed(store, draft({ pot: 1 }))).items[0]).toMatchObject({ unitPrice: 3_200 })
      expect((await (await reopen()).allProducts()).at(-1)).toEqual(POT)
    })

    test('are added once by many at the same moment', async () => {
      const { store } = bench()
      const added = await Promise.all(
        Array.from({ length: 8 }, (_, index) => tryAdd(store, { ...POT, price: index + 1 })),
      )
      const [won, ...others] = added.filter(({ outcome }) => outcome === 'accepted')
      expect(others).toEqual([])
      const refused = added.filter((one) => one !== won)
      expect(refused).toHaveLength(7)
      for (const one of refused) {
        expect(one).toMatchObject({ outcome: 'refused', refusal: { code: 'product_exists' } })
      }
      const known = await store.allProducts()
      expect(known.filter(({ id }) => id === 'pot')).toEqual([
        { ...POT, price: won!.outcome === 'accepted' ? won!.product.price : 0 },
      ])
    })

    test('that change keep their place, and orders keep what they were placed with', async () => {
      const { store } = bench()
      const order = await placed(store)
      const change = { name: 'Cup', description: '', price: 1_600, picture: 'cup.svg' }
      const changed = { ...CUP, ...change, version: 2 }
      const decision = await tryChangeProduct(store, 'cup', change)
      expect(decision).toEqual({ outcome: 'accepted', product: changed })
      expect(await store.products()).toEqual([changed, BOWL, DOLLARS])
      expect((await store.find(order.orderId))?.order).toEqual(order)
      expect((await placed(store)).subtotal).toBe(1_600)
    })

    test('that are hidden are neither listed nor sold, until they are shown again', async () => {
      const { store, events } = bench()
      const order = await placed(store)
      await tryChangeProduct(store, 'cup', { active: false })
      expect(await store.products()).toEqual([BOWL, DOLLARS])
      expect(await store.allProducts()).toHaveLength(PRODUCTS.length)
      expect(await tryPlace(store, draft({ cup: 1 }))).toMatchObject({
        outcome: 'refused',
        refusal: { code: 'unknown_product', field: 'items[0].productId' },
      })
      expect((await store.find(order.orderId))?.order).toEqual(order)
      expect(await events()).toHaveLength(1)
      await tryChangeProduct(store, 'cup', { active: true }, 2)
      await placed(store)
    })

    test('are changed by one of many who saw the same version', async () => {
      const { store } = bench()
      const decisions = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          tryChangeProduct(store, 'cup', { price: 2_000 + index }),
        ),
      )
      expect(decisions.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1)
      const [cup] = await store.products()
      expect(cup!.version).toBe(2)
    })

    test('that are refused, or change nothing, stay as they are', async () => {
      const { store } = bench()
      expect(await tryChangeProduct(store, 'cup', { price: 0 })).toMatchObject({
        refusal: { code: 'invalid_product' },
      })
      expect(await tryChangeProduct(store, 'gold', { price: 1 })).toMatchObject({
        refusal: { code: 'product_not_found' },
      })
      expect(await tryChangeProduct(store, 'a\0b', { price: 1 })).toMatchObject({
        refusal: { code: 'product_not_found' },
      })
      expect(await tryChangeProduct(store, 'retired', { active: false })).toEqual({
        outcome: 'unchanged',
        product: RETIRED,
      })
      expect(await store.allProducts()).toEqual(PRODUCTS)
    })
  })
}
