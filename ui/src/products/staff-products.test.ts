import { expect, test } from 'bun:test'
import type { Api, Product } from '../api'
import { Problem } from '../problem'
import { createStaffProducts } from './staff-products'

const CUP: Product = {
  id: 'cup',
  name: 'Cup',
  description: '',
  price: 1_450,
  currency: 'EUR',
  picture: null,
  active: true,
  version: 1,
}
const BOWL: Product = { ...CUP, id: 'bowl', name: 'Bowl' }
const stale = new Problem({ status: 412, code: 'precondition_failed', detail: 'It has changed.' })
const away = Problem.own('unreachable', 0)

function setUp(answers: Partial<Pick<Api, 'allProducts' | 'addProduct' | 'changeProduct'>> = {}) {
  const changed: string[] = []
  const products = createStaffProducts(
    {
      allProducts: async () => [CUP, BOWL],
      addProduct: async (product) => ({ ...CUP, ...product, picture: null, description: '' }),
      changeProduct: async (id, version, change) => ({
        ...CUP,
        id,
        ...change,
        version: version + 1,
      }),
      ...answers,
    },
    () => changed.push('changed'),
  )
  return { products, changed }
}

test('loads them, and shows a change in its place', async () => {
  const { products, changed } = setUp()
  expect(products.items()).toBeUndefined()
  await products.load()
  await products.change(CUP, { price: 1_500 })
  expect(products.items()?.map(({ id, price }) => [id, price])).toEqual([
    ['cup', 1_500],
    ['bowl', 1_450],
  ])
  await products.add({ id: 'pot', name: 'Pot', price: 1 })
  expect(products.items()?.at(-1)?.id).toBe('pot')
  expect(changed).toHaveLength(2)
})

test('keeps what is known where loading fails, and says why', async () => {
  let isAway = false
  const { products } = setUp({
    allProducts: async () => {
      if (isAway) throw away
      return [CUP]
    },
  })
  await products.load()
  isAway = true
  await products.load()
  expect([products.items(), products.error()]).toEqual([[CUP], away])
  isAway = false
  await products.load()
  expect(products.error()).toBeNull()
})

test('has the newest at hand where somebody else was faster', async () => {
  let price = 1_450
  const { products, changed } = setUp({
    allProducts: async () => [{ ...CUP, price }],
    changeProduct: () => Promise.reject(stale),
  })
  await products.load()
  price = 1_600
  const failure: unknown = await products.change(CUP, { price: 1 }).catch((error: unknown) => error)
  expect(failure).toBe(stale)
  expect(products.find('cup')?.price).toBe(1_600)
  expect(changed).toEqual([])
})

test('a list that was asked for before a change and comes after it undoes nothing', async () => {
  const lists: PromiseWithResolvers<readonly Product[]>[] = []
  const { products } = setUp({
    allProducts: () => {
      lists.push(Promise.withResolvers())
      return lists.at(-1)!.promise
    },
  })
  const late = products.load()
  const later = products.load()
  lists[1]!.resolve([CUP, BOWL])
  await later
  await products.change(CUP, { price: 1_500 })
  lists[0]!.resolve([CUP])
  await late
  expect(products.items()?.map(({ id, version }) => [id, version])).toEqual([
    ['cup', 2],
    ['bowl', 1],
  ])

  const refreshed = products.load()
  await products.add({ id: 'pot', name: 'Pot', price: 1 })
  await products.change(products.find('cup')!, { active: false })
  lists[2]!.resolve([{ ...CUP, price: 1_500, version: 2 }, BOWL])
  await refreshed
  expect(products.items()?.map(({ id, version }) => [id, version])).toEqual([
    ['cup', 3],
    ['bowl', 1],
    ['pot', 1],
  ])
  // What nobody changed here since is as the server has it, also after it was set back.
  const again = products.load()
  lists[3]!.resolve([CUP])
  await again
  expect(products.items()).toEqual([CUP])
})
