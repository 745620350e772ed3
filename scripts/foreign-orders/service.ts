import { SAMPLE_PRODUCTS } from '../../server/orders/seed'
import { createLife, type Ended, type Life, type Told } from './life'
import { createRandom, type Random } from './random'

export interface ServiceOptions {
  readonly seed: number
  /** 0: without end. */
  readonly orders: number
  readonly users: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface OrderService {
  /** What it sends next, late and twice as it comes; null when every order has ended. */
  next(): Told | null
  /** Makes no more changes: `next` goes on with what was held back. */
  stop(): void
  readonly figures: { readonly orders: number; readonly sent: number; readonly again: number }
  /** What every order so far must end as, once all that was made is sent. */
  ended(): readonly Ended[]
}

/** Orders that change at the same time. */
const AT_ONCE = 12
/** Events wait here, and leave in any order: across the topics, and within them. */
const HELD = 8
const SENT_AGAIN = 0.1
const OF_GUESTS = 0.1

/** An order service that tells of its orders in parts, out of order, and now and then twice. */
export function createOrderService({ seed, orders, users, now }: ServiceOptions): OrderService {
  const random = createRandom(seed)
  const all: Life[] = []
  let live: Life[] = []
  const held: Told[] = []
  const figures = { orders: 0, sent: 0, again: 0 }
  let last = 0
  let stopped = false

  /** Of the service's own clock: no two changes at the same time. */
  const tick = () => (last = Math.max(last + 1, now()))
  const mayBegin = () => !stopped && (orders === 0 || all.length < orders)

  function change(): Told | null {
    while (!stopped) {
      if (mayBegin() && (live.length === 0 || (live.length < AT_ONCE && random.chance(0.3)))) {
        const life = createLife(
          numberOf(seed, all.length),
          userOf(users, random),
          SAMPLE_PRODUCTS,
          random,
        )
        all.push(life)
        live.push(life)
        figures.orders++
      }
      if (live.length === 0) return null
      const life = random.pick(live)
      const told = life.next(tick())
      if (told) return told
      live = live.filter((other) => other !== life)
    }
    return null
  }

  return {
    figures,
    next() {
      while (held.length < HELD) {
        const told = change()
        if (!told) break
        held.push(told)
        if (random.chance(SENT_AGAIN)) {
          held.push(told)
          figures.again++
        }
      }
      const [told] = held.splice(random.below(held.length), 1)
      if (told) figures.sent++
      return told ?? null
    },
    stop: () => void (stopped = true),
    ended: () => all.flatMap((life) => life.ended() ?? []),
  }
}

/** As services count: whole numbers. Seeds keep apart what several runs place. */
function numberOf(seed: number, place: number): number {
  return 10_000_000 + (seed % 90_000) * 1_000_000 + place
}

function userOf(users: readonly string[], random: Random): string | null {
  return random.chance(OF_GUESTS) ? null : random.pick(users)
}
