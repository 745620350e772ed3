import type { Draft } from '../../../server/orders/rules'

const FIRST = [
  'Alice',
  'Bruno',
  'Carla',
  'Dmitri',
  'Esra',
  'Fiona',
  'Goran',
  'Hanna',
  'Ivo',
  'Jana',
]
const LAST = ['Adler', 'Baker', 'Costa', 'Dorn', 'Eriksen', 'Fischer', 'Grant', 'Haddad', 'Ito']

/** A small order of one of many people, as a shop has them. */
export function shopDraft(products: readonly string[], index: number): Draft {
  const pick = (offset: number): string => products[(index + offset) % products.length]!
  const items = Array.from({ length: 1 + (index % 3) }, (_, item) => ({
    productId: pick(item),
    quantity: 1 + ((index + item) % 2),
  }))
  return {
    items,
    shippingAddress: {
      name: `${FIRST[index % FIRST.length]} ${LAST[index % LAST.length]}`,
      line1: `Example Street ${1 + (index % 90)}`,
      city: 'Exampleton',
      postalCode: '12345',
      country: 'DE',
    },
  }
}
