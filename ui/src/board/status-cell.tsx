import type { JSX } from 'solid-js'
import { Match, Switch } from 'solid-js'
import type { Order } from '../../../server/protocol/order'
import { StatusBadge, STATUS_TONES } from '../components/status-badge'
import type { OpenChange } from '../stores/held-changes'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { StatusSelect } from './status-select'

const say = texts.board.held

/** The status of an order; while a change is open, what it is to become, clearly not yet so. */
export function StatusCell(props: { readonly order: Order }): JSX.Element {
  const desk = useDesk()
  const open = () => desk.board.changes.of(props.order.orderId)
  const kind = () => open()?.state.kind
  return (
    <Switch fallback={<StatusSelect order={props.order} />}>
      <Match when={(kind() === 'held' || kind() === 'sending') && open()}>
        {(change) => <Becoming change={change()} />}
      </Match>
      <Match when={open()}>
        {(change) => (
          <span class="flex flex-col items-start gap-0.5" data-open={change().state.kind}>
            <StatusBadge status={props.order.status} />
            <span class="text-xs font-medium text-cancelled">
              {change().state.kind === 'conflict' ? say.conflict : say.failed}
            </span>
          </span>
        )}
      </Match>
    </Switch>
  )
}

function Becoming(props: { readonly change: OpenChange }): JSX.Element {
  const status = () => props.change.wanted.status
  const sending = () => props.change.state.kind === 'sending'
  return (
    <span
      class={`inline-flex min-h-8 items-center gap-1.5 rounded-lg border border-dashed border-current px-2.5 text-sm font-medium whitespace-nowrap ${STATUS_TONES[status()]}`}
      data-open={props.change.state.kind}
    >
      <span aria-hidden="true" class={sending() ? 'motion-safe:animate-pulse' : ''}>
        → {texts.common.statuses[status()]}
      </span>
      <span class="sr-only">{sending() ? say.sending(status()) : say.waits(status())}</span>
    </span>
  )
}
