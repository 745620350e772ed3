import type { JSX } from 'solid-js'
import { Show } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import { texts } from '../texts'

/** Subtotal, tax and total of an order or of an estimate. */
export function Amounts(props: {
  readonly subtotal: number
  readonly tax: number | null
  /** What is to pay, where more than the two make it up: another service's order. */
  readonly total?: number
  readonly currency: string
  readonly taxPercent?: number | undefined
}): JSX.Element {
  const money = (amount: number) => formatMoney(amount, props.currency)
  return (
    <dl class="grid grid-cols-[1fr_auto] gap-y-1 text-sm tabular-nums">
      <dt class="text-ink-soft">{texts.common.subtotal}</dt>
      <dd class="text-right">{money(props.subtotal)}</dd>
      <Show when={props.tax !== null}>
        <dt class="text-ink-soft">{texts.common.tax(props.taxPercent)}</dt>
        <dd class="text-right">{money(props.tax ?? 0)}</dd>
      </Show>
      <dt class="mt-1 border-t border-line pt-2 text-base font-semibold">{texts.common.total}</dt>
      <dd class="mt-1 border-t border-line pt-2 text-right text-base font-semibold">
        {money(props.total ?? props.subtotal + (props.tax ?? 0))}
      </dd>
    </dl>
  )
}
