import { expect, test } from 'bun:test'
import { createRoot } from 'solid-js'
import type { Api, Product } from '../api'
import { createCatalogue } from './catalogue'

const cup = (version: number): readonly Product[] => [
  {
    id: 'cup',
    name: 'Cup',
    description: '',
    price: 1_450,
    currency: 'EUR',
    picture: null,
    active: true,
    version,
  },
]

function setUp() {
  const answers: PromiseWithResolvers<readonly Product[]>[] = []
  const products: Api['products'] = () => {
    answers.push(Promise.withResolvers())
    return answers.at(-1)!.promise
  }
  const settings: Api['settings'] = () => new Promise(() => undefined)
  const api = { products, settings }
  const catalogue = createRoot(() => createCatalogue(api, () => []))
  const version = () => catalogue.products()?.[0]?.version
  return { catalogue, answers, version }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('an answer that comes after that to a later question is not shown', async () => {
  const { catalogue, answers, version } = setUp()
  expect(version()).toBeUndefined()
  answers[0]!.resolve(cup(1))
  await settled()
  expect(version()).toBe(1)
  const all = [catalogue.refresh(), catalogue.refresh()]
  answers[2]!.resolve(cup(3))
  await settled()
  answers[1]!.resolve(cup(2))
  await Promise.all(all)
  expect(version()).toBe(3)
})

test('nor is the first list, where it was asked for anew before it came', async () => {
  const { catalogue, answers, version } = setUp()
  expect(version()).toBeUndefined()
  await settled()
  const refreshed = catalogue.refresh()
  answers[1]!.resolve(cup(2))
  await refreshed
  answers[0]!.resolve(cup(1))
  await settled()
  expect(version()).toBe(2)
})
