import { expect, test } from 'bun:test'
import { createRoot, createSignal } from 'solid-js'
import { createCart, MAX_QUANTITY } from './cart'
import { createStorage } from '../../testing/storage'

function setUp(storage = createStorage(), who: string | null = null) {
  return createRoot(() => {
    const [subject, setSubject] = createSignal(who)
    return { storage, setSubject, cart: createCart(storage, subject) }
  })
}

test('adds, changes and takes out, and is there after a reload', () => {
  const { cart, storage } = setUp()
  cart.add('cup')
  cart.add('towel')
  cart.add('cup')
  cart.setQuantity('towel', 5)
  expect(cart.lines()).toEqual([
    { productId: 'cup', quantity: 2 },
    { productId: 'towel', quantity: 5 },
  ])
  expect(cart.count()).toBe(7)
  expect(setUp(storage).cart.lines()).toEqual(cart.lines())
  cart.setQuantity('cup', 0)
  cart.clear()
  expect(storage.length).toBe(0)
})

test('keeps quantities to what can be ordered', () => {
  const { cart } = setUp()
  cart.add('cup')
  cart.setQuantity('cup', 1_000)
  cart.add('cup')
  expect(cart.count()).toBe(MAX_QUANTITY)
})

test('what a visitor put in goes along into their own cart, once', () => {
  const storage = createStorage({ 'orderwire:cart:alice': '[{"productId":"cup","quantity":1}]' })
  const { cart, setSubject } = setUp(storage)
  cart.add('cup')
  cart.add('towel')
  setSubject('alice')
  expect(cart.lines()).toEqual([
    { productId: 'cup', quantity: 2 },
    { productId: 'towel', quantity: 1 },
  ])
  setSubject(null)
  expect(cart.lines()).toEqual([])
})

test('the cart of one person is not shown to another', () => {
  const { cart, setSubject } = setUp(createStorage(), 'alice')
  cart.add('cup')
  setSubject('bob')
  expect(cart.lines()).toEqual([])
  setSubject('alice')
  expect(cart.count()).toBe(1)
})

test('what is kept in another shape is an empty cart', () => {
  for (const text of ['{', '{}', '[1]', '[{"productId":"cup","quantity":-1}]']) {
    expect(setUp(createStorage({ 'orderwire:cart': text })).cart.lines()).toEqual([])
  }
})

test('follows what another tab puts in, and adds to it', () => {
  const { cart, storage } = setUp()
  const other = setUp(storage).cart
  other.add('cup')
  cart.follow()
  expect(cart.count()).toBe(1)
  cart.add('towel')
  other.follow()
  expect(other.lines().map((line) => line.productId)).toEqual(['cup', 'towel'])
  other.clear()
  cart.follow()
  expect(cart.count()).toBe(0)
})
