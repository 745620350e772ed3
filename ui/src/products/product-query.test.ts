import { expect, test } from 'bun:test'
import type { Product } from '../api'
import {
  findProducts,
  inState,
  readProductQuery,
  sortProducts,
  writeProductQuery,
} from './product-query'

const CUP: Product = {
  id: 'espresso-cup',
  name: 'Espresso Cup',
  description: 'Keeps two sips hot.',
  price: 1_450,
  currency: 'EUR',
  picture: null,
  active: true,
  version: 1,
}
const CAFE: Product = { ...CUP, id: 'blend', name: 'Café Crème', price: 1_290 }
const APRON: Product = {
  ...CUP,
  id: 'linen-apron',
  name: 'apron',
  description: 'Washed linen.',
  price: 3_900,
  active: false,
}
const ALL = [CUP, CAFE, APRON]

const names = (products: readonly Product[]) => products.map(({ name }) => name)

test('a search finds what begins a word of name, id or description, whatever its case and accents', () => {
  expect(findProducts(ALL, '  ')).toEqual(ALL)
  expect(findProducts(ALL, 'CREME cafe')).toEqual([CAFE])
  expect(findProducts(ALL, 'linen-')).toEqual([APRON])
  expect(findProducts(ALL, 'sips')).toEqual([CUP, CAFE])
  expect(findProducts(ALL, 'cup linen')).toEqual([])
  expect(findProducts(ALL, 'up')).toEqual([])
})

test('products are shown by state', () => {
  expect(inState(ALL, null)).toEqual(ALL)
  expect(inState(ALL, 'for-sale')).toEqual([CUP, CAFE])
  expect(inState(ALL, 'hidden')).toEqual([APRON])
})

test('products are sorted as people read, and nothing that others hold changes', () => {
  expect(names(sortProducts(ALL, 'name'))).toEqual(['apron', 'Café Crème', 'Espresso Cup'])
  expect(names(sortProducts(ALL, 'cheapest'))).toEqual(['Café Crème', 'Espresso Cup', 'apron'])
  expect(names(sortProducts(ALL, 'dearest'))).toEqual(['apron', 'Espresso Cup', 'Café Crème'])
  expect(sortProducts(ALL, 'shop')).toEqual([CUP, CAFE, APRON])
})

test('what stands in an address is read back, and nonsense is left out', () => {
  const query = { search: 'cup', state: 'hidden', sort: 'name' } as const
  expect(writeProductQuery(query)).toEqual({ q: 'cup', show: 'hidden', sort: 'name' })
  expect(readProductQuery({ q: 'cup', show: 'hidden', sort: 'name' })).toEqual(query)
  const usual = { search: '', state: null, sort: 'shop' } as const
  expect(writeProductQuery(usual)).toEqual({ q: null, show: null, sort: null })
  expect(readProductQuery({ q: ['a', 'b'], show: 'gone', sort: 'toString' })).toEqual(usual)
})
