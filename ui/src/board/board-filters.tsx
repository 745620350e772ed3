import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { ORDER_STATUSES, type OrderStatus } from '../../../server/protocol/order-status'
import { SearchIcon } from '../components/icons'
import { STATUS_LABELS } from '../components/status-badge'
import type { Board } from '../stores/board'

const NUMBER = new Intl.NumberFormat()

/** Which orders are shown: by status, with how many there are of each, and by search. */
export function BoardFilters(props: { readonly board: Board }): JSX.Element {
  return (
    <div class="flex flex-col gap-3 lg:flex-row-reverse lg:items-center lg:justify-between">
      <div class="relative lg:w-72">
        <span class="pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-ink-faint">
          <SearchIcon />
        </span>
        <input
          type="search"
          class="control pl-10"
          aria-label="Search orders"
          placeholder="Number, customer or product"
          maxlength="200"
          value={props.board.view.search()}
          onInput={(event) => props.board.view.setSearch(event.currentTarget.value)}
        />
      </div>
      <div
        role="group"
        aria-label="Status"
        class="-mx-4 flex gap-1 overflow-x-auto px-4 py-1 sm:mx-0 sm:px-1 lg:-ml-1"
      >
        <StatusButton board={props.board} status={null} />
        <For each={ORDER_STATUSES}>
          {(status) => <StatusButton board={props.board} status={status} />}
        </For>
      </div>
    </div>
  )
}

function StatusButton(props: {
  readonly board: Board
  readonly status: OrderStatus | null
}): JSX.Element {
  const chosen = () => props.board.view.status() === props.status
  const count = () => {
    const figures = props.board.figures.stats()?.all
    return props.status === null ? figures?.orders : figures?.byStatus[props.status]
  }
  return (
    <button
      type="button"
      class="flex min-h-9 items-center gap-1.5 rounded-lg px-3 text-sm font-medium whitespace-nowrap"
      classList={{
        'bg-accent-soft text-accent': chosen(),
        'text-ink-soft hover:bg-sunken hover:text-ink': !chosen(),
      }}
      aria-pressed={chosen()}
      onClick={() => props.board.view.setStatus(props.status)}
    >
      {props.status === null ? 'All' : STATUS_LABELS[props.status]}
      <Show when={count() !== undefined}>
        <span class="text-xs tabular-nums opacity-80">{NUMBER.format(count() ?? 0)}</span>
      </Show>
    </button>
  )
}
