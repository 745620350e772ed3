import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import type { OrderChange } from '../../../server/protocol/order'
import { STATUS_DOTS, STATUS_LABELS } from '../components/status-badge'
import { Loading } from '../components/notice'
import { Time } from '../components/time'
import { texts } from '../texts'

/** What became of an order so far, newest first. */
export function OrderHistory(props: {
  readonly history: readonly OrderChange[] | undefined
}): JSX.Element {
  return (
    <section aria-labelledby="history-title" class="card p-5 sm:p-6">
      <h2 id="history-title" class="mb-4 font-semibold">
        {texts.orders.history}
      </h2>
      <Show
        when={props.history}
        fallback={<Loading label={texts.orders.loadingHistory} rows={1} />}
      >
        {(history) => (
          <ol class="flex flex-col">
            <For each={history().toReversed()}>{(change) => <Step change={change} />}</For>
          </ol>
        )}
      </Show>
    </section>
  )
}

function Step(props: { readonly change: OrderChange }): JSX.Element {
  return (
    <li
      class="group relative pb-5 pl-6 wrap-anywhere last:pb-0"
      data-version={props.change.version}
    >
      <span
        class="absolute top-3 bottom-0 left-[4.5px] w-px bg-line group-last:hidden"
        aria-hidden="true"
      />
      <span
        class={`absolute top-1.5 left-0 size-2.5 rounded-full ${STATUS_DOTS[props.change.status]}`}
        aria-hidden="true"
      />
      <p class="text-sm font-medium">
        {isPlacing(props.change) ? texts.orders.placed : STATUS_LABELS[props.change.status]}
      </p>
      <p class="text-sm text-ink-soft">
        <Time at={props.change.at} /> · {props.change.by}
      </p>
      <Show when={props.change.reason}>
        <p class="mt-1 text-sm">“{props.change.reason}”</p>
      </Show>
    </li>
  )
}

/** What was heard first of another service's order may be that it was shipped. */
function isPlacing({ version, status }: OrderChange): boolean {
  return version === 1 && status === 'pending'
}
