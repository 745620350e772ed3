import type { JSX } from 'solid-js'
import { createEffect, For, on, onCleanup, Show } from 'solid-js'
import { ORDER_STATUSES, type OrderStatus } from '../../../server/protocol/order-status'
import { texts } from '../texts'
import { afterFrame } from './after-frame'
import { useDesk } from './board-desk'
import { StatusDot } from './status-dot'

const say = texts.board

/**
 * The server's counts, of all orders and of those placed today; the one chosen is what the list
 * shows. Radio buttons: the arrow keys, and what is read out of them, are the browser's.
 */
export function StatusStrip(): JSX.Element {
  const desk = useDesk()
  let strip!: HTMLDivElement
  // On a phone not all are in sight: the chosen one is. (The page itself stays where it is.)
  function showChosen(): void {
    const chosen = strip.querySelector(':checked')?.parentElement?.getBoundingClientRect()
    if (!chosen) return
    const { left, width } = strip.getBoundingClientRect()
    strip.scrollBy({ left: chosen.left - left - (width - chosen.width) / 2 })
  }
  createEffect(
    on(desk.board.view.status, () => {
      onCleanup(afterFrame(showChosen))
    }),
  )
  return (
    <div
      ref={(element) => (strip = element)}
      role="radiogroup"
      aria-label={say.status}
      // Room for the outline of the one that has the focus, and for the page's own margins.
      class="-mx-4 -my-1 flex snap-x scroll-px-4 gap-2 overflow-x-auto px-4 py-1 [scrollbar-width:none] sm:-mx-6 sm:scroll-px-6 sm:px-6 lg:mx-0 lg:grid lg:grid-cols-6 lg:gap-3 lg:overflow-visible lg:px-0"
    >
      <StatusTile status={null} />
      <For each={ORDER_STATUSES}>{(status) => <StatusTile status={status} />}</For>
    </div>
  )
}

function StatusTile(props: { readonly status: OrderStatus | null }): JSX.Element {
  const desk = useDesk()
  const figures = () => desk.board.figures.stats()
  const countIn = (day: 'all' | 'today') => {
    const counted = figures()?.[day]
    return props.status === null ? counted?.orders : counted?.byStatus[props.status]
  }
  const chosen = () => desk.board.view.status() === props.status
  return (
    <label
      class="relative min-w-32 shrink-0 cursor-pointer snap-start rounded-xl border px-3.5 py-2 shadow-1 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent sm:flex-1 lg:min-w-0 lg:px-4 lg:py-2.5"
      classList={{
        // Not `:has(:checked)`: every box and option of the table would be asked.
        'border-accent bg-accent-soft inset-ring inset-ring-accent forced-colors:border-4 forced-colors:border-[Highlight]':
          chosen(),
        'border-line bg-surface hover:border-line-strong': !chosen(),
      }}
      data-tile={props.status ?? 'orders'}
    >
      <input
        type="radio"
        name="board-status"
        class="sr-only"
        checked={chosen()}
        onChange={() => desk.address.show({ status: props.status })}
      />
      <span class="flex items-center gap-2 text-sm font-medium text-ink-soft">
        <Show when={props.status} fallback={say.all}>
          {(status) => (
            <>
              <StatusDot status={status()} />
              {texts.common.statuses[status()]}
            </>
          )}
        </Show>
      </span>
      <span class="flex flex-wrap items-baseline justify-between gap-x-2 tabular-nums">
        <Show when={figures()} fallback={<span class="skeleton my-1 block h-5 w-12" />}>
          <span class="text-lg font-semibold tracking-tight" data-figure>
            {say.figure(countIn('all') ?? 0)}
          </span>
          <span class="text-sm whitespace-nowrap text-ink-faint">
            <span class="sr-only">, </span>
            {say.tiles.today(say.figure(countIn('today') ?? 0))}
          </span>
        </Show>
      </span>
    </label>
  )
}
