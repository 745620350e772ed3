import type { JSX } from 'solid-js'
import { For, lazy, Show, Suspense } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Money } from '../../../server/protocol/stats'
import { ErrorNotice } from '../components/notice'
import { texts } from '../texts'
import { useDesk } from './board-desk'

const say = texts.board
const MinuteChart = lazy(() =>
  import('./minute-chart').then((file) => ({ default: file.MinuteChart })),
)

/** The server's figures that are no count of a status: what was earned, and how busy it is. */
export function BoardTiles(): JSX.Element {
  const { figures } = useDesk().board
  const all = () => figures.stats()?.all
  const today = () => figures.stats()?.today
  const perMinute = () => figures.stats()?.perMinute ?? []
  return (
    <>
      <Show when={figures.error()}>{(error) => <ErrorNotice error={error()} />}</Show>
      <div class="card grid grid-cols-2 gap-x-4 gap-y-2 px-4 py-3 sm:px-5 lg:grid-cols-[auto_auto_minmax(0,1fr)] lg:gap-x-10 lg:py-3.5">
        <dl class="contents">
          <Tile name="revenue" label={say.tiles.revenue} note={earnedToday(today(), all())}>
            <For each={all()?.revenue} fallback={all() ? '—' : ''}>
              {(money) => <span class="block">{formatMoney(money.amount, money.currency)}</span>}
            </For>
          </Tile>
          <Tile
            name="minute"
            label={say.minutes.title}
            note={
              figures.stats() ? (
                <>
                  <span class="max-sm:sr-only">{say.minutes.most(most(perMinute()))}, </span>
                  {say.minutes.hour(sum(perMinute()))}
                </>
              ) : undefined
            }
          >
            {say.figure(perMinute().at(-1) ?? 0)}
          </Tile>
        </dl>
        <div
          class="col-span-2 h-7 self-center max-lg:border-b max-lg:border-line sm:h-10 lg:col-span-1 lg:h-19"
          aria-hidden="true"
        >
          <Suspense>
            <Show when={figures.stats()}>
              {(stats) => <MinuteChart perMinute={stats().perMinute} at={stats().at} />}
            </Show>
          </Suspense>
        </div>
      </div>
    </>
  )
}

function Tile(props: {
  readonly name: string
  readonly label: string
  /** Below the figure; undefined while the figures are not known. */
  readonly note: JSX.Element | undefined
  readonly children: JSX.Element
}): JSX.Element {
  const known = () => props.note !== undefined
  return (
    <div class="min-w-0" data-tile={props.name}>
      <dt class="text-sm font-medium text-ink-soft">{props.label}</dt>
      <dd>
        <span
          class="block min-h-8 text-xl font-semibold tracking-tight wrap-anywhere tabular-nums sm:text-2xl"
          data-figure
        >
          <Show when={known()} fallback={<span class="skeleton mt-1 block h-6 w-20" />}>
            {props.children}
          </Show>
        </span>
        <span class="block min-h-5 text-sm text-ink-faint tabular-nums">{props.note}</span>
      </dd>
    </div>
  )
}

type Earned = { readonly revenue: readonly Money[] }

/** @param all names the currencies of a day that has no revenue yet */
function earnedToday(today: Earned | undefined, all: Earned | undefined): string | undefined {
  if (!today || !all) return undefined
  const none = all.revenue.map((money) => ({ ...money, amount: 0 }))
  const amounts = today.revenue.length === 0 ? none : today.revenue
  const text = amounts.map(({ amount, currency }) => formatMoney(amount, currency)).join(' + ')
  return text === '' ? text : say.tiles.today(text)
}

const most = (perMinute: readonly number[]) => Math.max(0, ...perMinute)
const sum = (perMinute: readonly number[]) => perMinute.reduce((all, minute) => all + minute, 0)
