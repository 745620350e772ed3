import type { JSX } from 'solid-js'
import { createComputed, createMemo, For, on, Show } from 'solid-js'
import { orderNumber, type Order } from '../../../server/protocol/order'
import { allowedTransitions, type OrderStatus } from '../../../server/protocol/order-status'
import { StatusBadge, STATUS_TONES } from '../components/status-badge'
import { useCatalogue } from '../stores/app'
import { texts } from '../texts'
import { useDesk } from './board-desk'

/**
 * The status of an order, and what staff may make of it: nothing else is offered. The browser's own
 * select, on purpose: it is cheap in a table of many rows, a phone shows it as phones do, and it keeps
 * its shape in forced colours.
 */
export function StatusSelect(props: { readonly order: Order }): JSX.Element {
  const desk = useDesk()
  const catalogue = useCatalogue()
  /** The version on which the reader based the choice: the one shown when the list was opened. */
  let openedVersion: number | null = null

  // The row may show another order later on.
  const orderId = createMemo(() => props.order.orderId)
  createComputed(on(orderId, () => (openedVersion = null), { defer: true }))
  const notice = () => (openedVersion = props.order.version)

  function onKeyDown(event: KeyboardEvent & { readonly currentTarget: HTMLSelectElement }): void {
    if (isOpen(event.currentTarget)) return
    notice()
    if (!choosesUnseen(event)) return
    event.preventDefault()
    event.currentTarget.showPicker()
  }

  function onChange(select: HTMLSelectElement): void {
    const status = select.value as OrderStatus
    const { orderId, version, status: shown } = props.order
    // Until the server has agreed, the order is what it was.
    select.value = shown
    const seenVersion = openedVersion ?? version
    openedVersion = null
    if (status !== shown) desk.choose(status, [{ orderId, seenVersion }])
  }

  return (
    <Show
      when={catalogue.takesOrders() && allowedTransitions(props.order.status).length > 0}
      fallback={<StatusBadge status={props.order.status} />}
    >
      <select
        class={`control finger:min-h-11 min-h-9 border-transparent py-1 font-medium ${STATUS_TONES[props.order.status]}`}
        aria-label={texts.board.statusOf(orderNumber(props.order.orderId))}
        data-status={props.order.status}
        onPointerDown={notice}
        onKeyDown={onKeyDown}
        onChange={(event) => onChange(event.currentTarget)}
      >
        <For each={[props.order.status, ...allowedTransitions(props.order.status)]}>
          {(status) => (
            <option value={status} selected={status === props.order.status}>
              {texts.common.statuses[status]}
            </option>
          )}
        </For>
      </select>
    </Show>
  )
}

/** Not every browser tells whether a list is open; one that does not keeps its own ways. */
const KNOWS_OPEN = CSS.supports('selector(:open)')

function isOpen(select: HTMLSelectElement): boolean {
  return KNOWS_OPEN && select.matches(':open')
}

/** A key that changes a closed select at once, without that anybody sees the list. */
function choosesUnseen(event: KeyboardEvent): boolean {
  if (!KNOWS_OPEN || event.ctrlKey || event.metaKey || event.altKey) return false
  const moves = ['Arrow', 'Home', 'End', 'Page']
  const moving = moves.some((start) => event.key.startsWith(start))
  return moving || (event.key.length === 1 && event.key !== ' ')
}
