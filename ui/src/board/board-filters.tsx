import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { ORDER_STATUSES, type OrderStatus } from '../../../server/protocol/order-status'
import { SearchIcon } from '../components/icons'
import { texts } from '../texts'
import { useDesk } from './board-desk'

/** Which orders are shown: by status, with how many there are of each, and by search. */
export function BoardFilters(): JSX.Element {
  const desk = useDesk()
  return (
    <div class="flex flex-col gap-3 lg:flex-row-reverse lg:items-center lg:justify-between">
      <div class="relative lg:w-72">
        <span class="pointer-events-none absolute inset-y-0 left-3 grid place-items-center text-ink-faint">
          <SearchIcon />
        </span>
        <input
          type="search"
          data-board-search
          class="control pl-10"
          aria-label={texts.board.search}
          aria-keyshortcuts="/"
          placeholder={texts.board.searchHint}
          maxlength="200"
          value={desk.board.view.search()}
          onInput={(event) => desk.address.type(event.currentTarget.value)}
        />
      </div>
      <div
        role="group"
        aria-label={texts.board.status}
        class="-mx-4 flex gap-1 overflow-x-auto px-4 py-1 sm:mx-0 sm:px-1 lg:-ml-1"
      >
        <StatusButton status={null} />
        <For each={ORDER_STATUSES}>{(status) => <StatusButton status={status} />}</For>
      </div>
    </div>
  )
}

function StatusButton(props: { readonly status: OrderStatus | null }): JSX.Element {
  const desk = useDesk()
  const chosen = () => desk.board.view.status() === props.status
  const count = () => {
    const figures = desk.board.figures.stats()?.all
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
      onClick={() => desk.address.show({ status: props.status })}
    >
      {props.status === null ? texts.board.all : texts.common.statuses[props.status]}
      <Show when={count() !== undefined}>
        <span class="text-xs tabular-nums">{texts.board.figure(count() ?? 0)}</span>
      </Show>
    </button>
  )
}
