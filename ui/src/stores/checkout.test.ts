import { describe, expect, test } from 'bun:test'
import { addressErrors, createCheckoutAttempt, EMPTY_ADDRESS, trimAddress } from './checkout'
import { createStorage } from '../../testing/storage'

const ADDRESS = {
  name: 'Alice',
  line1: '12 Harbour Street',
  city: 'Hamburg',
  postalCode: '20457',
  country: 'DE',
}

function order(quantity: number) {
  return { items: [{ productId: 'cup', quantity }], shippingAddress: ADDRESS }
}

function setUp() {
  const storages = { browser: createStorage(), tab: createStorage() }
  const open = (subject = 'alice') => createCheckoutAttempt(storages, subject)
  return { storages, open }
}

describe('the key of a checkout', () => {
  test('is the same for a retry, also after a reload, and another for another order', () => {
    const { open } = setUp()
    const key = open().keyFor(order(1))
    expect(open().keyFor(order(1))).toBe(key)
    expect(open().keyFor(order(2))).not.toBe(key)
  })

  test('is another once the order is placed, even for the same things', () => {
    const attempt = setUp().open()
    const key = attempt.keyFor(order(1))
    attempt.done()
    expect(attempt.keyFor(order(1))).not.toBe(key)
    expect(attempt.address()).toEqual(ADDRESS)
  })

  test('is another for another person', () => {
    const { open } = setUp()
    expect(open('alice').keyFor(order(1))).not.toBe(open('bob').keyFor(order(1)))
  })
})

test('what is filled in is there again after a reload, for the same person, until it is placed', () => {
  const { storages, open } = setUp()
  const half = { ...ADDRESS, city: '' }
  open().fillIn(half)
  expect(open().address()).toEqual(half)
  expect(open('bob').address()).toBeNull()
  // The session ended: of the browser's storage nothing is left.
  storages.browser.removeItem('orderwire:address')
  expect(open().address()).toEqual(half)
  open().done()
  expect(open().address()).toBeNull()
})

test('names each part of an address that is missing', () => {
  expect(addressErrors(ADDRESS)).toEqual({})
  expect(Object.keys(addressErrors({ ...ADDRESS, city: ' ', name: '' }))).toEqual(['name', 'city'])
  expect(Object.keys(addressErrors(EMPTY_ADDRESS))).toEqual(Object.keys(ADDRESS))
})

test('sends an address without spaces around, and without what was left empty', () => {
  expect(trimAddress({ ...ADDRESS, city: ' Hamburg ', line2: '  ' })).toEqual(ADDRESS)
  expect(trimAddress({ ...ADDRESS, line2: ' 2nd floor' })).toEqual({
    ...ADDRESS,
    line2: '2nd floor',
  })
})
