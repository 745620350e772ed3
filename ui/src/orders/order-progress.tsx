import type { JSX } from 'solid-js'
import { For, Show } from 'solid-js'
import type { Order, OrderChange } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import { StatusIcon } from '../components/status-icon'
import { Time } from '../components/time'
import { texts } from '../texts'
import { reachedAt } from './changes'

/** The way of every order that is not cancelled. */
const WAY: readonly OrderStatus[] = ['pending', 'processing', 'shipped', 'delivered']

/** Where an order is now, in one sentence and on its way. */
export function OrderProgress(props: {
  readonly order: Order
  readonly history: readonly OrderChange[] | undefined
}): JSX.Element {
  return (
    <section aria-label={texts.orders.progress} class="card mb-6 p-5 sm:p-6">
      <div class="flex items-center gap-3">
        <StatusIcon status={props.order.status} class="size-10" />
        <div class="min-w-0 wrap-anywhere">
          <p class="font-semibold">{texts.orders.meaning[props.order.status]}</p>
          <Show when={props.order.status === 'cancelled' && props.order.reason}>
            {(reason) => <p class="text-sm text-ink-soft">{reason()}</p>}
          </Show>
          {/* Where there is room, it stands below the step. */}
          <p
            class="min-h-5 text-sm text-ink-soft tabular-nums first-letter:uppercase"
            classList={{ 'sm:hidden': props.order.status !== 'cancelled' }}
          >
            <Show when={reachedAt(props.history, props.order.status)}>
              {(at) => <Time at={at()} as="when" />}
            </Show>
          </p>
        </div>
      </div>
      <Show when={props.order.status !== 'cancelled'}>
        <ol class="mt-5 grid grid-cols-4 gap-2 sm:gap-3">
          <For each={WAY}>
            {(step, index) => (
              <Step
                status={step}
                reached={index() <= WAY.indexOf(props.order.status)}
                current={step === props.order.status}
                at={reachedAt(props.history, step)}
              />
            )}
          </For>
        </ol>
      </Show>
    </section>
  )
}

function Step(props: {
  readonly status: OrderStatus
  readonly reached: boolean
  readonly current: boolean
  readonly at: string | undefined
}): JSX.Element {
  return (
    <li aria-current={props.current ? 'step' : undefined} class="min-w-0 text-sm">
      {/* A border is what is left of a bar where colours are forced. */}
      <span
        class="mb-2 block h-1.5 rounded-full border"
        classList={{
          'border-accent bg-accent forced-colors:bg-[CanvasText]': props.reached,
          'border-line bg-line': !props.reached,
        }}
        aria-hidden="true"
      />
      <span
        class="block"
        classList={{
          'font-semibold whitespace-nowrap': props.current,
          'text-ink-soft max-sm:sr-only': !props.current,
        }}
      >
        {props.status === 'pending' ? texts.orders.placed : texts.common.statuses[props.status]}
        <Show when={props.reached && !props.current}>
          <span class="sr-only">{texts.orders.done}</span>
        </Show>
      </span>
      <Show when={props.reached && props.at}>
        {(at) => (
          <span class="block text-ink-soft tabular-nums first-letter:uppercase max-sm:hidden">
            <Time at={at()} as="when" />
          </span>
        )}
      </Show>
    </li>
  )
}
