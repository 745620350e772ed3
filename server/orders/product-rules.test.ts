import { describe, expect, test } from 'bun:test'
import { CUP } from './features/samples'
import { addProduct, changeProduct } from './product-rules'
import type { ProductChange, ProductDecision, ProductDraft } from './product-rules'

const DRAFT: ProductDraft = { id: 'tea-pot', name: 'Tea Pot', price: 3_200 }

function refusalOf(decision: ProductDecision) {
  if (decision.outcome === 'refused') return decision.refusal
  throw new Error(`expected a refusal, found ${JSON.stringify(decision)}`)
}

describe('adding', () => {
  test('takes the currency from the shop, and what was not said from the rules', () => {
    const draft = { ...DRAFT, name: ' Tea Pot ', description: ' For two. ' }
    expect(addProduct(draft, 'CHF', null)).toEqual({
      outcome: 'accepted',
      product: {
        id: 'tea-pot',
        name: 'Tea Pot',
        description: 'For two.',
        price: 3_200,
        currency: 'CHF',
        picture: null,
        active: true,
        version: 1,
      },
    })
  })

  test.each<[string, Partial<ProductDraft>]>([
    ['id', { id: '' }],
    ['id', { id: 'Tea' }],
    ['id', { id: 'tea--pot' }],
    ['id', { id: 'tea/pot' }],
    ['id', { id: 'a'.repeat(101) }],
    ['name', { name: '  ' }],
    ['name', { name: 'a'.repeat(201) }],
    ['name', { name: 'Tea\0Pot' }],
    ['description', { description: 'a'.repeat(1_001) }],
    ['description', { description: 'two\nlines' }],
    ['price', { price: 0 }],
    ['price', { price: -1 }],
    ['price', { price: 1.5 }],
    ['price', { price: 100_000_001 }],
    ['picture', { picture: '' }],
    ['picture', { picture: '../secret.svg' }],
    ['picture', { picture: 'https://elsewhere.example/cup.svg' }],
    ['picture', { picture: 'cup.html' }],
  ])('names %s where it is at fault: %j', (field, wrong) => {
    const refusal = refusalOf(addProduct({ ...DRAFT, ...wrong }, 'EUR', null))
    expect(refusal).toMatchObject({ code: 'invalid_product', field })
    expect(refusal.message).toStartWith(`${field}: expected `)
  })

  test('names all that is at fault at once', () => {
    const refusal = refusalOf(addProduct({ ...DRAFT, name: '', price: 0 }, 'EUR', null))
    expect(refusal.errors?.map(({ field }) => field)).toEqual(['name', 'price'])
  })

  test('is refused where the id is taken', () => {
    const taken = addProduct({ ...DRAFT, id: 'cup' }, 'EUR', CUP)
    expect(refusalOf(taken)).toMatchObject({ code: 'product_exists', field: 'id' })
  })
})

describe('changing', () => {
  const change = (wanted: ProductChange, version = 1) => changeProduct(CUP, wanted, [version])

  test('changes what was said, and nothing else', () => {
    expect(change({ price: 1_500 })).toEqual({
      outcome: 'accepted',
      product: { ...CUP, price: 1_500, version: 2 },
    })
    expect(change({ active: false })).toMatchObject({ product: { active: false, version: 2 } })
    const pictured = { ...CUP, picture: 'cup.svg' }
    expect(changeProduct(pictured, { picture: null }, 'any')).toMatchObject({
      product: { picture: null },
    })
  })

  test('is refused for a version that is not the newest, and tells what is', () => {
    expect(refusalOf(change({ price: 1_500 }, 7))).toMatchObject({
      code: 'precondition_failed',
      current: CUP,
    })
  })

  test('that is made already is none, whatever version was seen: an answer may get lost', () => {
    expect(change({ price: CUP.price }, 7)).toEqual({ outcome: 'unchanged', product: CUP })
  })

  test('needs to know what was seen, and something to change', () => {
    expect(refusalOf(changeProduct(CUP, { price: 1 }, null)).code).toBe('precondition_required')
    expect(refusalOf(changeProduct(CUP, { price: 1 }, 'malformed')).code).toBe('invalid_if_match')
    expect(refusalOf(change({}))).toMatchObject({ code: 'invalid_product', field: 'body' })
    expect(refusalOf(change({ name: ' ' }))).toMatchObject({ field: 'name' })
    expect(refusalOf(changeProduct(null, { price: 1 }, 'any')).code).toBe('product_not_found')
  })
})
