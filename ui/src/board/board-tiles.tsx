import type { JSX } from 'solid-js'
import { For, lazy, Show, Suspense } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import { ORDER_STATUSES } from '../../../server/protocol/order-status'
import type { Money } from '../../../server/protocol/stats'
import { ErrorNotice } from '../components/notice'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { StatusDot } from './status-dot'

const say = texts.board.tiles
const MinuteChart = lazy(() =>
  import('./minute-chart').then((file) => ({ default: file.MinuteChart })),
)

/** The server's figures, as absolute as it sends them: of all orders, and of those placed today. */
export function BoardTiles(): JSX.Element {
  const { figures } = useDesk().board
  const all = () => figures.stats()?.all
  const today = () => figures.stats()?.today
  return (
    <>
      <Show when={figures.error()}>{(error) => <ErrorNotice error={error()} />}</Show>
      <div class="grid gap-3 lg:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
        <dl class="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] gap-3">
          <Tile name="orders" label={say.orders} today={count(today()?.orders)}>
            {count(all()?.orders)}
          </Tile>
          <Tile
            name="revenue"
            label={say.revenue}
            today={amounts(today()?.revenue, all()?.revenue)}
          >
            <For each={all()?.revenue} fallback={all() ? '—' : ''}>
              {(money) => <span class="block">{formatMoney(money.amount, money.currency)}</span>}
            </For>
          </Tile>
        </dl>
        <Minutes />
      </div>
      <dl class="card grid grid-cols-2 overflow-clip sm:grid-cols-5">
        <For each={ORDER_STATUSES}>
          {(status) => (
            <div
              class="border-line px-4 py-2.5 not-last:border-b sm:not-last:border-r sm:not-last:border-b-0 sm:px-5"
              data-tile={status}
            >
              <dt class="flex items-center gap-2 text-sm font-medium text-ink-soft">
                <StatusDot status={status} />
                {texts.common.statuses[status]}
              </dt>
              <Figures today={count(today()?.byStatus[status])} small>
                {count(all()?.byStatus[status])}
              </Figures>
            </div>
          )}
        </For>
      </dl>
    </>
  )
}

function Tile(props: {
  readonly name: string
  readonly label: string
  /** The same figure of the orders placed today; undefined while it is not known. */
  readonly today: string | undefined
  readonly children: JSX.Element
}): JSX.Element {
  return (
    <div class="card px-4 py-3.5 sm:px-5" data-tile={props.name}>
      <dt class="text-sm font-medium text-ink-soft">{props.label}</dt>
      <Figures today={props.today}>{props.children}</Figures>
    </div>
  )
}

function Figures(props: {
  readonly today: string | undefined
  readonly small?: boolean
  readonly children: JSX.Element
}): JSX.Element {
  return (
    <dd class="mt-0.5 flex flex-wrap items-baseline justify-between gap-x-3">
      <span
        class="font-semibold tracking-tight wrap-anywhere tabular-nums"
        classList={{ 'min-h-8 text-xl sm:text-2xl': !props.small, 'text-lg': props.small ?? false }}
        data-figure
      >
        <Show
          when={props.today !== undefined}
          fallback={<span class="skeleton mt-1 block h-6 w-16" />}
        >
          {props.children}
        </Show>
      </span>
      <Show when={props.today}>
        {(today) => <span class="text-sm text-ink-faint tabular-nums">{say.today(today())}</span>}
      </Show>
    </dd>
  )
}

/** The chart for whoever sees it, the same in words for everybody. */
function Minutes(): JSX.Element {
  const { figures } = useDesk().board
  const perMinute = () => figures.stats()?.perMinute ?? []
  const summary = () =>
    texts.board.minutes.summary(
      perMinute().at(-1) ?? 0,
      Math.max(0, ...perMinute()),
      perMinute().reduce((sum, minute) => sum + minute, 0),
    )
  return (
    <section aria-labelledby="minutes-title" class="card flex flex-col px-4 pt-3.5 pb-2 sm:px-5">
      <div class="flex flex-wrap items-baseline justify-between gap-x-3">
        <h2 id="minutes-title" class="text-sm font-medium text-ink-soft">
          {texts.board.minutes.title}
        </h2>
        <p class="text-sm text-ink-faint tabular-nums" data-minutes>
          <Show when={figures.stats()}>{summary()}</Show>
        </p>
      </div>
      <div class="h-20" aria-hidden="true">
        <Suspense>
          <MinuteChart perMinute={perMinute()} at={figures.stats()?.at} />
        </Suspense>
      </div>
    </section>
  )
}

function count(figure: number | undefined): string | undefined {
  return figure === undefined ? undefined : texts.board.figure(figure)
}

/** @param known names the currencies of a day that has no revenue yet */
function amounts(
  revenue: readonly Money[] | undefined,
  known: readonly Money[] = [],
): string | undefined {
  const some = revenue?.length === 0 ? known.map((money) => ({ ...money, amount: 0 })) : revenue
  return some?.map(({ amount, currency }) => formatMoney(amount, currency)).join(' + ')
}
