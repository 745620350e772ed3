import { expect, test } from 'bun:test'
import type { NewProduct, Product, ProductChange } from '../api'
import { Problem } from '../problem'
import { createProductEdit } from './product-edit'

const CUP: Product = {
  id: 'cup',
  name: 'Cup',
  description: 'Hot.',
  price: 1_450,
  currency: 'EUR',
  picture: null,
  active: true,
  version: 1,
}

function problem(status: number, code: string, field = 'body') {
  const detail = `${field}: expected something else`
  return new Problem({ status, code, detail, field })
}

/** Products of which the first so many attempts to write fail. */
function setUp(product: Product | null, ...failures: Problem[]) {
  const sent: (NewProduct | ProductChange)[] = []
  let newest = CUP
  async function write(wanted: NewProduct | ProductChange): Promise<Product> {
    sent.push(wanted)
    const failure = failures.shift()
    if (failure) throw failure
    return { ...newest, ...wanted }
  }
  const products = {
    add: write,
    change: (_seen: Product, change: ProductChange) => write(change),
    find: () => newest,
  }
  const edit = createProductEdit(products, product, 'EUR')
  return { edit, sent, become: (change: Partial<Product>) => (newest = { ...newest, ...change }) }
}

test('gives a new product an id after its name, until it gets one of its own', async () => {
  const { edit, sent } = setUp(null)
  edit.set('name', 'Tea Pot')
  expect(edit.fields.id).toBe('tea-pot')
  edit.set('id', 'pot')
  edit.set('name', 'Tea Pot, red')
  edit.set('price', '32')
  expect(await edit.save()).not.toBeNull()
  expect(sent).toMatchObject([{ id: 'pot', name: 'Tea Pot, red', price: 3_200 }])
})

test('sends nothing that is not complete, and nothing that did not change', async () => {
  const fresh = setUp(null)
  expect(await fresh.edit.save()).toBeNull()
  expect(Object.keys(fresh.edit.errors())).toEqual(['name', 'id', 'price'])
  fresh.edit.set('name', 'Pot')
  expect(fresh.edit.errors().name).toBeUndefined()

  const known = setUp(CUP)
  expect(await known.edit.save()).toBe(CUP)
  expect([...fresh.sent, ...known.sent]).toEqual([])
})

test('shows what the server refuses at its field, and keeps what was typed', async () => {
  const { edit } = setUp(CUP, problem(422, 'invalid_product', 'price'), problem(503, 'away'))
  edit.set('price', '15')
  expect(await edit.save()).toBeNull()
  expect(edit.errors().price).toBe('Expected something else')
  expect(await edit.save()).toBeNull()
  expect([edit.errors(), (edit.error() as Problem).status]).toEqual([{}, 503])
  expect(edit.fields.price).toBe('15')
  expect((await edit.save())?.price).toBe(1_500)
  expect(edit.error()).toBeNull()
})

test('an id that is taken is told in words', async () => {
  const { edit } = setUp(null, problem(409, 'product_exists', 'id'))
  edit.set('name', 'Cup')
  edit.set('price', '1')
  await edit.save()
  expect(edit.errors().id).toContain('Another product')
})

test('takes in what somebody else changed, and sends only what was changed here', async () => {
  const { edit, sent, become } = setUp(CUP, problem(412, 'precondition_failed'))
  edit.set('price', '15')
  become({ name: 'Espresso Cup', price: 1_600, version: 2 })
  expect(await edit.save()).toBeNull()
  expect(edit.theirs()).toEqual({ price: '16.00' })
  expect([edit.fields.name, edit.fields.price]).toEqual(['Espresso Cup', '15'])
  await edit.save()
  expect(sent).toEqual([{ price: 1_500 }, { price: 1_500 }])
})
