import { describe, expect, test } from 'bun:test'
import { KEY_KEPT_MS } from '../idempotency'
import type { Bench } from './fixtures'
import { pass, tryCancel, tryPlace } from './fixtures'
import { accepted, ALICE, BOB, draft } from './samples'

const CUP = draft({ cup: 1 })

/** An idempotency key places one order, however often its request arrives. */
export function idempotencyFeatures(bench: () => Bench): void {
  describe('an idempotency key', () => {
    test('answers a repeated request as the first, even after the order has changed', async () => {
      const { store, events } = bench()
      const order = accepted(await tryPlace(store, CUP, ALICE, 'k'))
      const again = { outcome: 'replayed', order } as const
      expect(await tryPlace(store, CUP, ALICE, 'k')).toEqual(again)
      await tryCancel(store, order.orderId)
      expect(await tryPlace(store, CUP, ALICE, 'k')).toEqual(again)
      expect(await events()).toHaveLength(2)
    })

    test('is refused for another request', async () => {
      const { store } = bench()
      await tryPlace(store, CUP, ALICE, 'k')
      expect(await tryPlace(store, draft({ cup: 2 }), ALICE, 'k')).toEqual({
        outcome: 'key_reused',
      })
      const elsewhere = { ...CUP, shippingAddress: { ...CUP.shippingAddress, city: 'Bremen' } }
      expect(await tryPlace(store, elsewhere, ALICE, 'k')).toEqual({ outcome: 'key_reused' })
    })

    test('is its subject’s alone', async () => {
      const { store } = bench()
      const alices = accepted(await tryPlace(store, CUP, ALICE, 'k'))
      const bobs = accepted(await tryPlace(store, CUP, BOB, 'k'))
      expect(bobs.orderId).not.toBe(alices.orderId)
      // A separator in a subject or key must not make two pairs one.
      const subject = (name: string) => ({ subject: name, email: null })
      expect((await tryPlace(store, CUP, subject('a'), 'b","c')).outcome).toBe('accepted')
      expect((await tryPlace(store, CUP, subject('a","b'), 'c')).outcome).toBe('accepted')
    })

    test('is in flight until its order is durable', async () => {
      const { store, events } = bench()
      const first = tryPlace(store, CUP, ALICE, 'k')
      expect(await tryPlace(store, CUP, ALICE, 'k')).toEqual({ outcome: 'in_flight' })
      expect((await tryPlace(store, CUP, BOB, 'k')).outcome).toBe('accepted')
      const order = accepted(await first)
      expect(await tryPlace(store, CUP, ALICE, 'k')).toEqual({ outcome: 'replayed', order })
      expect(await events()).toHaveLength(2)
    })

    test('is not burned by a request that was refused', async () => {
      const { store } = bench()
      const bad = draft({ gold: 1 })
      expect((await tryPlace(store, bad, ALICE, 'k')).outcome).toBe('refused')
      expect((await tryPlace(store, CUP, ALICE, 'k')).outcome).toBe('accepted')
    })

    test('outlives a restart, and a day', async () => {
      const { clock, ...rest } = bench()
      const order = accepted(await tryPlace(rest.store, CUP, ALICE, 'k'))
      const store = await rest.reopen()
      clock.at = new Date(clock.at.getTime() + KEY_KEPT_MS - 1)
      expect(await tryPlace(store, CUP, ALICE, 'k')).toEqual({ outcome: 'replayed', order })
    })

    test('is free again after a day', async () => {
      const under = bench()
      const { store } = under
      const first = accepted(await tryPlace(store, CUP, ALICE, 'k'))
      pass(under, KEY_KEPT_MS)
      const second = accepted(await tryPlace(store, CUP, ALICE, 'k'))
      expect(second.orderId).not.toBe(first.orderId)
      expect(await tryPlace(store, CUP, ALICE, 'k')).toEqual({ outcome: 'replayed', order: second })
    })
  })
}
