import type { Draft } from './rules'

/** A key is kept, with its answer, for this long. */
export const KEY_KEPT_MS = 24 * 3_600_000

/** What makes two requests one: who asks, the key they chose, and what they asked for. */
export interface IdempotencyKey {
  readonly subject: string
  readonly key: string
  /** SHA-256 over the canonical request. */
  readonly requestHash: string
}

/** 1 to 255 visible ASCII characters, as a header can carry them. */
export function isIdempotencyKey(text: string): boolean {
  return /^[\x21-\x7e]{1,255}$/.test(text)
}

/** Hashes what the server understands of a draft, in one order of members, and nothing else. */
export function hashDraft(draft: Draft): string {
  const { name, line1, line2, city, postalCode, country } = draft.shippingAddress
  const canonical = JSON.stringify([
    draft.items.map(({ productId, quantity }) => [productId, quantity]),
    [name, line1, line2 ?? null, city, postalCode, country],
  ])
  return new Bun.CryptoHasher('sha256').update(canonical).digest('hex')
}
