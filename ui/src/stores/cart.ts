import { createComputed, createSignal, on } from 'solid-js'
import { kept, type Kept, type KeptStorage } from './kept'

export interface CartLine {
  readonly productId: string
  /** 1 … `MAX_QUANTITY`. */
  readonly quantity: number
}

export const MAX_QUANTITY = 99

/** Under which name a cart is kept; null: of whoever is not signed in. */
export const cartName = (subject: string | null) => (subject === null ? 'cart' : `cart:${subject}`)

export interface Cart {
  /** Reactive, in the order in which they were put in. */
  readonly lines: () => readonly CartLine[]
  /** Reactive: how many pieces in all. */
  readonly count: () => number
  readonly add: (productId: string) => void
  /** 0 takes the product out. */
  readonly setQuantity: (productId: string, quantity: number) => void
  readonly clear: () => void
  /** Another tab has changed it: this one shows the same. */
  readonly follow: () => void
}

/**
 * The cart of whoever is signed in; it survives a reload. What a visitor put in before signing in
 * goes along into their own cart, and a cart of one person is never shown to another.
 */
export function createCart(storage: KeptStorage, subject: () => string | null): Cart {
  const guests = kept(storage, cartName(null), isLines)
  let own: Kept<readonly CartLine[]> = guests
  const [lines, setLines] = createSignal<readonly CartLine[]>([])

  function save(next: readonly CartLine[]): void {
    if (next.length === 0) own.drop()
    else own.write(next)
    setLines(next)
  }

  createComputed(
    on(subject, (whose) => {
      own = whose === null ? guests : kept(storage, cartName(whose), isLines)
      const brought = whose === null ? [] : (guests.read() ?? [])
      if (brought.length > 0) guests.drop()
      save(brought.reduce(addLine, own.read() ?? []))
    }),
  )

  return {
    lines,
    count: () => lines().reduce((sum, line) => sum + line.quantity, 0),
    add: (productId) => save(addLine(lines(), { productId, quantity: 1 })),
    setQuantity: (productId, quantity) =>
      save(
        lines().flatMap((line) => {
          if (line.productId !== productId) return [line]
          return quantity < 1 ? [] : [{ productId, quantity: clampQuantity(quantity) }]
        }),
      ),
    clear: () => save([]),
    follow: () => setLines(own.read() ?? []),
  }
}

function addLine(lines: readonly CartLine[], added: CartLine): readonly CartLine[] {
  const known = lines.find((line) => line.productId === added.productId)
  if (!known) return [...lines, added]
  const quantity = clampQuantity(known.quantity + added.quantity)
  return lines.map((line) => (line === known ? { ...line, quantity } : line))
}

function clampQuantity(quantity: number): number {
  return Math.min(MAX_QUANTITY, Math.max(1, Math.trunc(quantity)))
}

function isLines(value: unknown): value is readonly CartLine[] {
  return (
    Array.isArray(value) &&
    value.every(
      (line: unknown) =>
        typeof line === 'object' &&
        line !== null &&
        typeof (line as CartLine).productId === 'string' &&
        Number.isInteger((line as CartLine).quantity) &&
        (line as CartLine).quantity > 0,
    )
  )
}
