import type { DraftItem } from '../../../server/orders/rules'
import type { OrderStatus } from '../../../server/protocol/order-status'

/** What happens to one order, in minutes before the end of a made-up hour. */
export interface Course {
  readonly customer: string
  readonly subject: string
  readonly city: Omit<(typeof CITIES)[number], 'street'> & { readonly line1: string }
  readonly items: readonly DraftItem[]
  readonly placedAgo: number
  readonly changes: readonly {
    readonly ago: number
    readonly status: OrderStatus
    readonly by: string
    readonly reason?: string
  }[]
}

const ORDERS = 240
const HOUR = 60
/** And of the day before. */
const EARLIER_ORDERS = 90
const EARLIER_AGO = 24 * 60

const CUSTOMERS = [
  'Alice Miller',
  'Bob Okafor',
  'Chloé Dubois',
  'Dmitri Ivanov',
  'Émile Ångström',
  'Farah Haddad',
  'Grace Lindqvist',
  'Hiro Tanaka',
  'Inês Carvalho',
  'Jonas Weber',
  'Kwame Mensah',
  'Lucía Ortega',
  'Mei Zhang',
  'Nora O’Brien',
  'Olu Adeyemi',
  'Priya Raman',
] as const
const CITIES = [
  { street: 'Harbour Street', city: 'Hamburg', postalCode: '20457', country: 'DE' },
  { street: 'Rue des Lilas', city: 'Lyon', postalCode: '69003', country: 'FR' },
  { street: 'Södergatan', city: 'Malmö', postalCode: '211 34', country: 'SE' },
  { street: 'Quay Road', city: 'Galway', postalCode: 'H91 E9X2', country: 'IE' },
  { street: 'Calle Mayor', city: 'Bilbao', postalCode: '48001', country: 'ES' },
] as const
/** The first ones are bought most. */
const SHELF = [
  'espresso-cup',
  'house-blend',
  'tea-towel',
  'olive-oil',
  'storage-jar',
  'beeswax-candle',
  'ceramic-bowl',
  'paring-knife',
  'linen-apron',
  'walnut-board',
  'pour-over-kettle',
  'coffee-grinder',
] as const
const REASONS = ['Ordered twice by mistake', 'No longer needed', 'Asked for by the customer']
const STAFF = ['sam', 'kim', 'robin']

/** The same hour at every call: pictures of it can be compared. Alice's orders first. */
export function busyHour(): readonly Course[] {
  const random = createRandom(7)
  const earlier = Array.from({ length: EARLIER_ORDERS }, () =>
    course(EARLIER_AGO + random() * 4 * HOUR, random),
  )
  const others = Array.from({ length: ORDERS }, (_, index) => {
    const share = index / ORDERS + (random() - 0.5) * 0.06
    return course(Math.max(0.05, HOUR * quietAndBusy(share)), random)
  })
  return [...aliceOrders(), ...earlier, ...others]
}

/** A hand-made few, so that an order's page and list have something to tell. */
function aliceOrders(): readonly Course[] {
  const who = { customer: 'Alice Miller', subject: 'alice', city: addressOf(0, 12) }
  const at = (ago: number, status: OrderStatus, by = 'kim') => ({ ago, status, by })
  return [
    {
      ...who,
      items: [
        { productId: 'pour-over-kettle', quantity: 1 },
        { productId: 'house-blend', quantity: 2 },
        { productId: 'espresso-cup', quantity: 4 },
      ],
      placedAgo: 52.4,
      changes: [at(41.2, 'processing'), at(9.7, 'shipped', 'sam')],
    },
    {
      ...who,
      items: [{ productId: 'walnut-board', quantity: 1 }],
      placedAgo: 187,
      changes: [at(180, 'processing'), at(131, 'shipped'), at(58, 'delivered')],
    },
    {
      ...who,
      items: [{ productId: 'coffee-grinder', quantity: 1 }],
      placedAgo: 95,
      changes: [{ ago: 91, status: 'cancelled', by: 'alice', reason: 'Ordered by mistake' }],
    },
    { ...who, items: [{ productId: 'tea-towel', quantity: 3 }], placedAgo: 6.3, changes: [] },
  ]
}

function course(placedAgo: number, random: () => number): Course {
  const pick = <Item>(list: readonly Item[], skew = 1): Item =>
    list[Math.floor(random() ** skew * list.length)]!
  // Alice has hers already.
  const customer = pick(CUSTOMERS.slice(1))
  const ids = new Set(Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(SHELF, 1.7)))
  return {
    customer,
    subject: customer.split(' ')[0]!.toLowerCase(),
    city: addressOf(Math.floor(random() * CITIES.length), 1 + Math.floor(random() * 80)),
    items: [...ids].map((productId) => ({ productId, quantity: 1 + Math.floor(random() * 2) })),
    placedAgo,
    changes: changesOf(placedAgo, random, pick),
  }
}

/** Orders come in waves; the share of the hour that is past → the share of it that is left. */
function quietAndBusy(share: number): number {
  return 1 - share - Math.sin(share * Math.PI * 5) * 0.04
}

function changesOf(
  placedAgo: number,
  random: () => number,
  pick: <Item>(list: readonly Item[]) => Item,
): Course['changes'] {
  const by = pick(STAFF)
  if (random() < 0.07) {
    const ago = placedAgo - 0.3 - random() ** 2 * 5
    return ago > 0 ? [{ ago, status: 'cancelled', by, reason: pick(REASONS) }] : []
  }
  let ago = placedAgo
  const steps = [
    ['processing', 0.04, 5],
    ['shipped', 0.2, 24],
    ['delivered', 12, 20],
  ] as const
  return steps.flatMap(([status, least, spread]) => {
    ago -= least + random() ** 3 * spread
    return ago > 0 ? [{ ago, status, by }] : []
  })
}

function addressOf(index: number, house: number): Course['city'] {
  const { street, ...place } = CITIES[index]!
  return { line1: `${house} ${street}`, ...place }
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
