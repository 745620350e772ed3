import type { OrderStore } from './order-store'
import type { Product } from './product'

/** [id, name, price in cents, description] */
const SAMPLES: readonly (readonly [string, string, number, string])[] = [
  ['espresso-cup', 'Espresso Cup', 1_450, 'A thick-walled stoneware cup that keeps two sips hot.'],
  [
    'pour-over-kettle',
    'Pour-over Kettle',
    6_900,
    'A gooseneck kettle that pours slowly and exactly.',
  ],
  ['coffee-grinder', 'Hand Grinder', 8_950, 'Steel burrs and a long arm for an even, quiet grind.'],
  [
    'house-blend',
    'House Blend, 500 g',
    1_290,
    'Beans with chocolate and hazelnut, roasted this week.',
  ],
  ['linen-apron', 'Linen Apron', 3_900, 'A cross-back apron of washed linen with one deep pocket.'],
  ['walnut-board', 'Walnut Board', 5_400, 'A cutting board of one piece of oiled walnut.'],
  ['olive-oil', 'Olive Oil, 750 ml', 1_890, 'Cold-pressed from one grove, green and peppery.'],
  ['ceramic-bowl', 'Ceramic Bowl', 2_250, 'A wide bowl, glazed by hand, no two quite alike.'],
  ['tea-towel', 'Tea Towel', 990, 'A half-linen towel that dries glasses without a trace.'],
  ['paring-knife', 'Paring Knife', 3_450, 'A short carbon-steel blade for fruit and fine work.'],
  ['storage-jar', 'Storage Jar', 1_150, 'A litre of glass with a beech lid that seals.'],
  ['beeswax-candle', 'Beeswax Candle', 790, 'Burns for twelve hours and smells of honey.'],
]

/** A dozen products to try the shop with. */
export const SAMPLE_PRODUCTS: readonly Product[] = SAMPLES.map(
  ([id, name, price, description]) => ({
    id,
    name,
    description,
    price,
    currency: 'EUR',
    picture: `${id}.svg`,
    active: true,
    version: 1,
  }),
)

/**
 * Puts the sample products into a shop without any, at the same figures in the shop's currency.
 * True when it did.
 */
export function seedProducts(store: OrderStore, currency: string): Promise<boolean> {
  return store.seedProducts(SAMPLE_PRODUCTS.map((product) => ({ ...product, currency })))
}
