export interface Product {
  /** Chosen by the shop, readable (`espresso-cup`). */
  readonly id: string
  readonly name: string
  readonly description: string
  /** Integer of the currency's minor unit. */
  readonly price: number
  /** ISO 4217. */
  readonly currency: string
  /** A file that the UI serves under `/products/` (`espresso-cup.svg`); null: none. */
  readonly picture: string | null
  /** Only active products are listed and can be ordered; the others are hidden. */
  readonly active: boolean
  /** 1, 2, 3, … with each change. */
  readonly version: number
}
