import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import type { OrderChange } from '../../../server/protocol/order'
import { Loading } from '../components/notice'
import { StatusIcon } from '../components/status-icon'
import { Time } from '../components/time'
import { texts } from '../texts'
import { byDay, isPlacing, whoOf, type Reader } from './changes'

/** What became of an order so far, newest first: what, when and by whom. */
export function OrderHistory(props: {
  readonly history: readonly OrderChange[] | undefined
  readonly reader: Reader
}): JSX.Element {
  return (
    <section aria-labelledby="history-title" class="card p-5 sm:p-6">
      <h2 id="history-title" class="mb-3 font-semibold">
        {texts.orders.history}
      </h2>
      <Show
        when={props.history}
        fallback={<Loading label={texts.orders.loadingHistory} rows={1} />}
      >
        {(history) => (
          <div class="flex flex-col gap-4">
            <For each={byDay(history().toReversed())}>
              {(day) => (
                <div>
                  <h3 class="mb-2 text-sm text-ink-soft">
                    <Time at={day.changes[0]!.at} as="heading" />
                  </h3>
                  <ol>
                    <For each={day.changes}>
                      {(change) => <Step change={change} reader={props.reader} />}
                    </For>
                  </ol>
                </div>
              )}
            </For>
          </div>
        )}
      </Show>
    </section>
  )
}

function Step(props: { readonly change: OrderChange; readonly reader: Reader }): JSX.Element {
  return (
    <li
      class="group relative flex gap-3 pb-4 wrap-anywhere last:pb-0"
      data-version={props.change.version}
    >
      <span
        class="absolute top-8 bottom-0 left-4 w-px bg-line forced-colors:bg-[CanvasText] group-last:hidden"
        aria-hidden="true"
      />
      <StatusIcon status={props.change.status} />
      <div class="min-w-0 flex-1 pt-1 text-sm">
        <p class="flex flex-wrap justify-between gap-x-3">
          <span class="font-medium">
            {isPlacing(props.change)
              ? texts.orders.placed
              : texts.common.statuses[props.change.status]}
          </span>
          <span class="text-ink-soft tabular-nums">
            <Time at={props.change.at} as="time" />
          </span>
        </p>
        <p class="text-ink-soft">{texts.orders.by(whoOf(props.change, props.reader))}</p>
        <Show when={props.change.reason}>
          <p class="mt-1.5 border-l-2 border-line pl-3">{props.change.reason}</p>
        </Show>
      </div>
    </li>
  )
}
