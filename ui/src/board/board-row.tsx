import type { JSX } from 'solid-js'
import { createComputed, createEffect, createMemo, on } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import { customerOf } from '../stores/board-sort'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { PlacedTime } from './placed-time'
import type { HighlightRow } from './row-highlight'
import { StatusCell } from './status-cell'

/** The columns of the table, shared by its head and its rows. */
export const ROW_GRID =
  'lg:grid lg:grid-cols-[1.25rem_6rem_minmax(7rem,1fr)_minmax(7rem,1.5fr)_8rem_6.5rem_9rem] lg:items-center lg:gap-x-4 lg:px-5'

/** Younger than this a row is shown as new when it appears. */
const FRESH_MS = 5_000

/** A row: of one order now, maybe of another one later. */
export function BoardRow(props: {
  readonly order: Order
  /** Among the shown rows, from 0. */
  readonly index: number
  readonly height: number
  readonly highlight: HighlightRow
  readonly ref: (row: HTMLElement) => void
}): JSX.Element {
  const desk = useDesk()
  let row!: HTMLDivElement
  const items = () => props.order.items.map((item) => `${item.quantity} × ${item.name}`).join(', ')
  const customer = () => customerOf(props.order) ?? texts.board.guest
  const selected = () => desk.selection.has(props.order.orderId)
  /** A plain click: any other is the browser's own, as of every link. */
  function open(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    desk.address.open(props.order.orderId)
  }
  let highlighted: Animation | null = null
  createEffect(
    on(
      () => props.order,
      (order, before) => {
        const isOther = before?.orderId !== order.orderId
        if (isOther) highlighted?.cancel()
        const isFresh = Date.now() - Date.parse(order.createdAt) < FRESH_MS
        if (isFresh || !isOther) highlighted = props.highlight(row)
      },
    ),
  )
  createFocusKeeper(
    () => row,
    () => desk.board.changes.of(props.order.orderId) !== undefined,
  )
  return (
    <div
      ref={(element) => {
        row = element
        props.ref(element)
      }}
      role="row"
      aria-rowindex={props.index + 2}
      data-order={orderNumber(props.order.orderId)}
      data-row={props.order.orderId}
      class={`${ROW_GRID} absolute contain-layout contain-style inset-x-0 top-0 grid grid-cols-[auto_minmax(0,1fr)_auto] content-center gap-x-3 gap-y-0.5 border-b border-line px-4 text-sm`}
      classList={{ 'bg-accent-soft/60': selected() }}
      style={{
        height: `${props.height}px`,
        transform: `translateY(${props.index * props.height}px)`,
      }}
    >
      <span role="cell" class="max-lg:row-span-3 max-lg:self-start">
        <SelectRow order={props.order} />
      </span>
      <span role="cell" class="font-semibold tabular-nums">
        {/* Not the router's `A`: that would call each of them the link of this page. */}
        <a
          href={desk.address.hrefOf(props.order.orderId)}
          onClick={open}
          class="hover:underline"
          data-open-order
        >
          #{orderNumber(props.order.orderId)}
        </a>
      </span>
      <span role="cell" class="truncate max-lg:order-2 max-lg:col-span-2" title={customer()}>
        {customer()}
      </span>
      <span
        role="cell"
        class="truncate text-ink-soft max-lg:order-3 max-lg:col-span-2"
        title={items()}
      >
        {items()}
      </span>
      <span
        role="cell"
        class="text-ink-soft tabular-nums max-lg:order-4 max-lg:col-start-2 max-lg:self-center"
      >
        <PlacedTime at={props.order.createdAt} />
      </span>
      <span
        role="cell"
        class="text-right font-medium tabular-nums max-lg:order-1"
        classList={{ 'text-ink-faint line-through': props.order.status === 'cancelled' }}
      >
        {formatMoney(props.order.total, props.order.currency)}
      </span>
      <span role="cell" class="max-lg:order-5 max-lg:flex max-lg:min-w-36 max-lg:justify-end">
        <StatusCell order={props.order} />
      </span>
    </div>
  )
}

function SelectRow(props: { readonly order: Order }): JSX.Element {
  const desk = useDesk()
  return (
    // The label makes the box easy to hit without making the row taller.
    <label class="relative -m-3 flex cursor-pointer p-3 select-none">
      <input
        type="checkbox"
        class="size-4 accent-accent"
        aria-label={texts.board.select(orderNumber(props.order.orderId))}
        checked={desk.selection.has(props.order.orderId)}
        onClick={(event) => desk.selection.toggle(props.order.orderId, event.shiftKey)}
      />
    </label>
  )
}

/** What had the focus goes away when the status cannot be chosen any more, or can be again. */
function createFocusKeeper(row: () => HTMLElement, open: () => boolean): void {
  createComputed(
    on(
      createMemo(open),
      () => {
        const focused = document.activeElement
        if (!row().contains(focused) || !focused?.matches('select')) return
        queueMicrotask(() => row().querySelector<HTMLElement>('[data-open-order]')?.focus())
      },
      { defer: true },
    ),
  )
}
