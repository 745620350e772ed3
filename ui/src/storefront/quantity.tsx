import type { JSX } from 'solid-js'
import { MinusIcon, PlusIcon } from '../components/icons'
import { MAX_QUANTITY } from '../stores/cart'
import { texts } from '../texts'

/** How many of a product: typed, or one more and one less. One less than 1 takes it out. */
export function QuantityStepper(props: {
  readonly name: string
  readonly quantity: number
  readonly onChange: (quantity: number) => void
}): JSX.Element {
  const words = texts.storefront.cart
  const button =
    'grid size-9 finger:size-11 place-items-center text-ink-soft -outline-offset-2 hover:bg-sunken hover:text-ink'

  function onType(event: Event & { readonly currentTarget: HTMLInputElement }): void {
    const typed = event.currentTarget.valueAsNumber
    const quantity = Number.isNaN(typed) ? props.quantity : Math.min(typed, MAX_QUANTITY)
    props.onChange(Math.max(0, Math.trunc(quantity)))
    // The same number as before changes no signal, and would leave what was typed.
    event.currentTarget.value = String(props.quantity)
  }

  return (
    <div
      role="group"
      aria-label={words.quantityOf(props.name)}
      class="inline-flex items-stretch overflow-hidden rounded-lg border border-line"
    >
      <button
        type="button"
        class={button}
        aria-label={props.quantity > 1 ? words.oneLess(props.name) : words.remove(props.name)}
        onClick={() => props.onChange(props.quantity - 1)}
      >
        <MinusIcon />
      </button>
      <input
        type="number"
        inputmode="numeric"
        min="0"
        max={MAX_QUANTITY}
        class="quantity-input w-9 finger:w-11 bg-transparent text-center text-sm font-medium tabular-nums -outline-offset-2"
        aria-label={words.quantityOf(props.name)}
        value={props.quantity}
        onChange={onType}
      />
      <button
        type="button"
        class={`${button} disabled:opacity-40`}
        aria-label={words.oneMore(props.name)}
        disabled={props.quantity >= MAX_QUANTITY}
        onClick={() => props.onChange(props.quantity + 1)}
      >
        <PlusIcon />
      </button>
    </div>
  )
}
