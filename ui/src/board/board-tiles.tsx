import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Money } from '../../../server/protocol/stats'
import { ErrorNotice } from '../components/notice'
import type { Board } from '../stores/board'

const NUMBER = new Intl.NumberFormat()

/** The server's figures, as absolute as it sends them. */
export function BoardTiles(props: { readonly board: Board }): JSX.Element {
  const stats = () => props.board.figures.stats()
  return (
    <>
      <Show when={props.board.figures.error()}>{(error) => <ErrorNotice error={error()} />}</Show>
      <dl class="grid grid-cols-2 gap-3 lg:grid-cols-3">
        <Tile name="orders" label="Orders" today={count(stats()?.today.orders)}>
          {count(stats()?.all.orders)}
        </Tile>
        <Tile name="pending" label="Pending" today={count(stats()?.today.byStatus.pending)}>
          {count(stats()?.all.byStatus.pending)}
        </Tile>
        <Tile
          name="revenue"
          label="Revenue"
          today={amounts(stats()?.today.revenue, stats()?.all.revenue)}
          class="col-span-2 lg:col-span-1"
        >
          <For each={stats()?.all.revenue} fallback={stats() ? '—' : ''}>
            {(money) => <span class="block">{formatMoney(money.amount, money.currency)}</span>}
          </For>
        </Tile>
      </dl>
    </>
  )
}

function Tile(props: {
  readonly name: string
  readonly label: string
  /** The same figure of the orders placed today; undefined while it is not known. */
  readonly today: string | undefined
  readonly class?: string
  readonly children: JSX.Element
}): JSX.Element {
  return (
    <div class={`card px-4 py-3.5 sm:px-5 ${props.class ?? ''}`} data-tile={props.name}>
      <dt class="text-sm font-medium text-ink-soft">{props.label}</dt>
      <dd class="mt-0.5 flex flex-wrap items-baseline justify-between gap-x-3">
        <span class="min-h-8 text-2xl font-semibold tracking-tight tabular-nums" data-figure>
          <Show
            when={props.today !== undefined}
            fallback={<span class="skeleton mt-1 block h-6 w-16" />}
          >
            {props.children}
          </Show>
        </span>
        <Show when={props.today}>
          <span class="text-sm text-ink-faint tabular-nums">{props.today} today</span>
        </Show>
      </dd>
    </div>
  )
}

function count(figure: number | undefined): string | undefined {
  return figure === undefined ? undefined : NUMBER.format(figure)
}

/** @param known names the currencies of a day that has no revenue yet */
function amounts(
  revenue: readonly Money[] | undefined,
  known: readonly Money[] = [],
): string | undefined {
  const some = revenue?.length === 0 ? known.map((money) => ({ ...money, amount: 0 })) : revenue
  return some?.map(({ amount, currency }) => formatMoney(amount, currency)).join(' + ')
}
