import { A } from '@solidjs/router'
import ChevronRight from 'lucide-solid/icons/chevron-right'
import type { JSX } from 'solid-js'
import { createSignal, For, Match, Show, Switch } from 'solid-js'
import { formatMoney } from '../../../server/protocol/money'
import type { Order } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import { canCancel } from '../../../server/protocol/order-status'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { StatusBadge } from '../components/status-badge'
import { Time } from '../components/time'
import { Title } from '../components/title'
import { changeText } from '../components/when'
import { SignInFirst } from '../session/sign-in-first'
import { useCatalogue, useLive } from '../stores/app'
import type { Live } from '../stores/app'
import type { Orders } from '../stores/orders'
import { orderHref } from '../stores/order-links'
import { texts } from '../texts'
import { CancelDialog } from './cancel-dialog'
import { ItemPictures } from './item-pictures'

export function OrdersPage(): JSX.Element {
  const live = useLive()
  return (
    <>
      <Title>{texts.orders.title}</Title>
      <h1 class="page-title mb-5">{texts.orders.title}</h1>
      <Show
        when={live()}
        fallback={<SignInFirst to="/orders" text={texts.orders.signInText} />}
        keyed
      >
        {(now) => <MyOrders live={now} />}
      </Show>
    </>
  )
}

function MyOrders(props: { readonly live: Live }): JSX.Element {
  const orders = () => props.live.orders
  return (
    <Switch fallback={<Loading label={texts.orders.loading} />}>
      <Match when={!orders().ready() && props.live.realtime.snapshotError('orders')}>
        {(error) => (
          <div class="flex flex-col gap-3">
            <ErrorNotice error={error()} />
            <p class="text-sm text-ink-soft">{texts.common.triedByItself}</p>
          </div>
        )}
      </Match>
      <Match when={orders().ready() && orders().ids().length === 0}>
        <EmptyState title={texts.common.noOrdersYet} text={texts.orders.noneText}>
          <A href="/" class="btn btn-primary">
            {texts.common.goToShop}
          </A>
        </EmptyState>
      </Match>
      <Match when={orders().ready()}>
        <OrderList orders={orders()} />
      </Match>
    </Switch>
  )
}

function OrderList(props: { readonly orders: Orders }): JSX.Element {
  const [cancelling, setCancelling] = createSignal<string | null>(null)

  async function cancel(orderId: string, reason: string): Promise<void> {
    await props.orders.cancel(orderId, reason)
  }

  return (
    <>
      <ul class="flex flex-col gap-3">
        <For each={props.orders.ids()}>
          {(id) => (
            <Show when={props.orders.get(id)}>
              {(order) => (
                <OrderCard
                  order={order()}
                  missed={props.orders.missed().has(id)}
                  onCancel={() => setCancelling(id)}
                />
              )}
            </Show>
          )}
        </For>
      </ul>
      <MorePages orders={props.orders} />
      <Show when={cancelling()} keyed>
        {(orderId) => (
          <CancelDialog
            orderId={orderId}
            cancel={(reason) => cancel(orderId, reason)}
            onClose={() => setCancelling(null)}
          />
        )}
      </Show>
    </>
  )
}

function OrderCard(props: {
  readonly order: Order
  /** It changed while nobody could see it. */
  readonly missed: boolean
  readonly onCancel: () => void
}): JSX.Element {
  const catalogue = useCatalogue()
  const changed = () => changeText(new Date(props.order.updatedAt), new Date(props.order.createdAt))
  const what = () => props.order.items.map((item) => `${item.quantity} × ${item.name}`).join(', ')
  return (
    <li class="card relative p-4 outline-offset-2 outline-accent transition-colors hover:border-line-strong/60 has-[h2_a:focus-visible]:outline-2 sm:px-5">
      <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h2 class="font-semibold tabular-nums">
          <A
            href={orderHref(props.order.orderId)}
            // The card has the ring: all of it is the link.
            class="flex items-center gap-0.5 after:absolute after:inset-0 after:rounded-xl focus-visible:outline-transparent"
          >
            {texts.common.orderName(orderNumber(props.order.orderId))}
            <ChevronRight class="size-4 text-ink-faint" aria-hidden="true" />
          </A>
        </h2>
        {/* On a phone number and price have a row of their own. */}
        <div class="flex flex-wrap gap-2 max-sm:order-last max-sm:basis-full">
          <StatusBadge status={props.order.status} />
          <Show when={props.missed}>
            <span class="rounded-full bg-accent-soft px-2.5 py-0.5 text-sm font-medium text-accent forced-colors:border">
              {props.order.version === 1 ? texts.orders.missedNew : texts.orders.missed}
            </span>
          </Show>
        </div>
        <p class="ml-auto font-semibold tabular-nums">
          {formatMoney(props.order.total, props.order.currency)}
        </p>
      </div>
      <div class="mt-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-3 text-sm text-ink-soft">
        <div class="flex min-w-0 flex-1 basis-36 items-center gap-3">
          <ItemPictures items={props.order.items} />
          <div class="min-w-0">
            <p class="truncate text-ink">{what()}</p>
            <p class="tabular-nums">
              {texts.orders.placed} <Time at={props.order.createdAt} as="when" />
              <Show when={changed()}>
                {(text) => (
                  <>
                    {' · '}
                    {texts.orders.changed} <time datetime={props.order.updatedAt}>{text()}</time>
                  </>
                )}
              </Show>
            </p>
          </div>
        </div>
        <Show when={catalogue.takesOrders() && canCancel(props.order.status)}>
          <button
            type="button"
            class="btn btn-danger btn-small relative"
            aria-label={texts.orders.cancelOrder(orderNumber(props.order.orderId))}
            onClick={() => props.onCancel()}
          >
            {texts.orders.cancelShort}
          </button>
        </Show>
      </div>
    </li>
  )
}

function MorePages(props: { readonly orders: Orders }): JSX.Element {
  const listing = () => props.orders.listing
  return (
    <div class="mt-4 flex flex-col items-center gap-3">
      <Show when={listing().error()}>{(error) => <ErrorNotice error={error()} />}</Show>
      <Show when={listing().hasMore()}>
        <button
          type="button"
          class="btn btn-quiet"
          disabled={listing().loading()}
          onClick={() => void listing().loadMore()}
        >
          {listing().loading() ? texts.orders.loadingMore : texts.orders.more}
        </button>
      </Show>
    </div>
  )
}
