import { describe, expect, test } from 'bun:test'
import type { Product } from '../api'
import {
  changeOf,
  EMPTY_PRODUCT,
  fieldsOf,
  idOf,
  newProductOf,
  parsePrice,
  priceText,
  productErrors,
  rebase,
} from './product-form'

const CUP: Product = {
  id: 'cup',
  name: 'Cup',
  description: 'Hot.',
  price: 1_450,
  currency: 'EUR',
  picture: 'cup.svg',
  active: true,
  version: 3,
}

test.each([
  ['14.5', 'EUR', 1_450],
  [' 14,50 ', 'EUR', 1_450],
  ['14', 'EUR', 1_400],
  ['14.', 'EUR', 1_400],
  ['0.07', 'EUR', 7],
  ['1450', 'JPY', 1_450],
  ['1.450', 'KWD', 1_450],
  ['14.505', 'EUR', null],
  ['14.5', 'JPY', null],
  ['1,450.00', 'EUR', null],
  ['0', 'EUR', null],
  ['-1', 'EUR', null],
  ['1e3', 'EUR', null],
  ['', 'EUR', null],
])('%j of %s is the price %j', (text, currency, price) => {
  expect(parsePrice(text, currency)).toBe(price)
  if (price !== null) expect(parsePrice(priceText(price, currency), currency)).toBe(price)
})

test.each([
  ['Café Crème, 500 g', 'cafe-creme-500-g'],
  ['  Tea  Pot! ', 'tea-pot'],
  ['Чашка', ''],
  ['a'.repeat(120), 'a'.repeat(100)],
])('the id of %j is %j', (name, id) => {
  expect(idOf(name)).toBe(id)
})

test('names what is missing or no price', () => {
  expect(Object.keys(productErrors(EMPTY_PRODUCT, 'EUR'))).toEqual(['name', 'id', 'price'])
  expect(productErrors(fieldsOf(CUP), 'EUR')).toEqual({})
  expect(productErrors({ ...fieldsOf(CUP), id: 'Tea Pot' }, 'EUR')).toHaveProperty('id')
})

test('sends a new product on one line each, without a picture where none was chosen', () => {
  const fields = { ...fieldsOf(CUP), name: ' Cup ', description: 'One\n two ', picture: '' }
  expect(newProductOf(fields, 'EUR')).toEqual({
    id: 'cup',
    name: 'Cup',
    description: 'One two',
    price: 1_450,
    picture: null,
    active: true,
  })
})

describe('a change', () => {
  test('holds what is different, and nothing else', () => {
    const fields = fieldsOf(CUP)
    expect(changeOf(fields, CUP)).toEqual({})
    expect(changeOf({ ...fields, price: '15', picture: '' }, CUP)).toEqual({
      price: 1_500,
      picture: null,
    })
    expect(changeOf({ ...fields, active: false, description: '' }, CUP)).toEqual({
      active: false,
      description: '',
    })
  })

  test('takes in what somebody else changed, and overwrites none of it', () => {
    const mine = { ...fieldsOf(CUP), price: '15.00' }
    const newest: Product = { ...CUP, name: 'Espresso Cup', price: 1_600, version: 4 }
    const next = rebase(mine, CUP, newest)
    expect(next).toEqual({ ...fieldsOf(newest), price: '15.00' })
    expect(changeOf(next, newest)).toEqual({ price: 1_500 })
  })
})
