import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createEffect, on, onMount } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import { Time } from '../components/time'
import type { Board } from '../stores/board'
import type { StartCancel } from './board-cancel'
import { StatusSelect } from './status-select'

/** The columns of the table, shared by its head and its rows. */
export const ROW_GRID =
  'md:grid md:grid-cols-[6.5rem_minmax(6rem,1fr)_minmax(8rem,1.6fr)_minmax(9rem,0.9fr)_6.5rem_9.5rem] md:items-center md:gap-x-5 md:px-5'

/** Younger than this a row is shown as new when it appears. */
const FRESH_MS = 5_000

export function BoardRow(props: {
  readonly board: Board
  readonly order: Order
  /** Among the shown rows, from 0. */
  readonly index: number
  readonly top: number
  readonly height: number
  readonly onCancel: StartCancel
}): JSX.Element {
  let row!: HTMLDivElement
  const items = () => props.order.items.map((item) => `${item.quantity} × ${item.name}`).join(', ')
  const customer = () => customerOf(props.order)
  onMount(() => {
    if (Date.now() - Date.parse(props.order.createdAt) < FRESH_MS) highlight(row)
  })
  createEffect(
    on(
      () => props.order.version,
      () => highlight(row),
      { defer: true },
    ),
  )
  return (
    <div
      ref={(element) => (row = element)}
      role="row"
      aria-rowindex={props.index + 2}
      data-order={orderNumber(props.order.orderId)}
      class={`${ROW_GRID} absolute inset-x-0 top-0 grid grid-cols-[minmax(0,1fr)_auto] content-center gap-x-3 gap-y-0.5 border-b border-line px-4 text-sm`}
      style={{ height: `${props.height}px`, transform: `translateY(${props.top}px)` }}
    >
      <span role="cell" class="font-semibold tabular-nums">
        <A href={`/orders/${props.order.orderId}`} class="hover:underline">
          #{orderNumber(props.order.orderId)}
        </A>
      </span>
      <span role="cell" class="truncate max-md:order-2 max-md:col-span-2" title={customer()}>
        {customer()}
      </span>
      <span
        role="cell"
        class="truncate text-ink-soft max-md:order-3 max-md:col-span-2"
        title={items()}
      >
        {items()}
      </span>
      <span
        role="cell"
        class="truncate text-ink-soft tabular-nums max-md:order-4 max-md:self-center"
      >
        <Time at={props.order.createdAt} />
      </span>
      <span
        role="cell"
        class="text-right font-medium tabular-nums max-md:order-1"
        classList={{ 'text-ink-faint line-through': props.order.status === 'cancelled' }}
      >
        {formatMoney(props.order.total, props.order.currency)}
      </span>
      <span role="cell" class="max-md:order-5 max-md:flex max-md:min-w-36 max-md:justify-end">
        <StatusSelect board={props.board} order={props.order} onCancel={props.onCancel} />
      </span>
    </div>
  )
}

/** Who gets it, or as much as is known of who ordered it. */
function customerOf({ shippingAddress, buyerEmail, buyerId }: Order): string {
  return shippingAddress?.name ?? buyerEmail ?? buyerId ?? 'Guest'
}

function highlight(row: HTMLElement): void {
  if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) return
  row.animate([{ backgroundColor: 'var(--accent-soft)' }, {}], {
    duration: 1_800,
    easing: 'ease-out',
  })
}
