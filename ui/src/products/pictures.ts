/** The pictures that come with Orderwire: files in `ui/public/products`. A shop may add its own. */
export const PICTURES: readonly string[] = [
  'espresso-cup',
  'pour-over-kettle',
  'coffee-grinder',
  'house-blend',
  'linen-apron',
  'walnut-board',
  'olive-oil',
  'ceramic-bowl',
  'tea-towel',
  'paring-knife',
  'storage-jar',
  'beeswax-candle',
].map((name) => `${name}.svg`)
