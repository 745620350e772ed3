export interface Product {
  /** Chosen by the shop, readable (`espresso-cup`). */
  readonly id: string
  readonly name: string
  readonly description: string
  /** Integer of the currency's minor unit. */
  readonly price: number
  /** ISO 4217. */
  readonly currency: string
  /** Only active products are listed and can be ordered. */
  readonly active: boolean
}
