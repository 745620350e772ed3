import { A, useParams } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createEffect, Match, Show, Switch } from 'solid-js'
import { foldOrder } from '../../../server/protocol/fold'
import type { Order, OrderChange } from '../../../server/protocol/order'
import { orderNumber } from '../../../server/protocol/order'
import { BackIcon } from '../components/icons'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { Title } from '../components/title'
import { Problem } from '../problem'
import { SignInFirst } from '../session/sign-in-first'
import { useApi, useLive, type Live } from '../stores/app'
import { createOpenedOrder } from '../stores/opened-order'
import { orderHref, orderIdIn } from '../stores/order-links'
import { texts } from '../texts'
import { OrderDetails } from './order-details'
import { OrderHead, OrderHeading } from './order-head'
import { OrderHistory } from './order-history'
import { OrderProgress } from './order-progress'

export function OrderPage(): JSX.Element {
  const params = useParams<{ id: string }>()
  const orderId = () => orderIdIn(params.id)
  const live = useLive()
  return (
    <>
      <Title>{texts.common.orderName(orderNumber(orderId()))}</Title>
      <Show
        when={live()}
        fallback={
          <>
            <div class="mb-5">
              <OrderHeading orderId={orderId()} />
            </div>
            <SignInFirst to={orderHref(orderId())} text={texts.orders.orderSignInText} />
          </>
        }
        keyed
      >
        {(now) => (
          <Show when={orderId()} keyed>
            {(id) => <OneOrder orderId={id} live={now} />}
          </Show>
        )}
      </Show>
    </>
  )
}

function OneOrder(props: { readonly orderId: string; readonly live: Live }): JSX.Element {
  const { order, history, error, retry } = createOpenedOrder({
    api: useApi(),
    orderId: () => props.orderId,
    known: (id) => newest(props.live.orders.get(id), props.live.board?.get(id)),
    snapshots: () => props.live.orders.snapshots(),
  })
  // Also of what comes while it is looked at.
  createEffect(() => {
    if (order() && props.live.orders.missed().has(props.orderId)) {
      props.live.orders.look(props.orderId)
    }
  })
  return (
    <>
      <A
        href={props.live.board ? '/board' : '/orders'}
        class="mb-4 inline-flex items-center gap-1.5 text-sm font-medium text-ink-soft hover:text-ink finger:-mt-3 finger:mb-1 finger:min-h-11"
      >
        <BackIcon />
        {props.live.board ? texts.shell.board : texts.shell.orders}
      </A>
      <OrderHead orderId={props.orderId} order={order()} live={props.live} />
      <Switch fallback={<Loading label={texts.orders.loadingOrder} rows={3} />}>
        <Match when={order()}>
          {(known) => <OrderView order={known()} history={history()} live={props.live} />}
        </Match>
        <Match when={isNotFound(error())}>
          <EmptyState title={texts.orders.notFound.title} text={texts.orders.notFound.text} />
        </Match>
        <Match when={error()}>
          {(failure) => <ErrorNotice error={failure()} onRetry={retry} />}
        </Match>
      </Switch>
      <Show when={order() && error()}>
        {(failure) => (
          <div class="mt-4">
            <ErrorNotice error={failure()} onRetry={retry} />
          </div>
        )}
      </Show>
    </>
  )
}

function OrderView(props: {
  readonly order: Order
  readonly history: readonly OrderChange[] | undefined
  readonly live: Live
}): JSX.Element {
  return (
    <>
      <OrderProgress order={props.order} history={props.history} />
      <div class="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <OrderDetails order={props.order} />
        <OrderHistory
          history={props.history}
          reader={{
            subject: props.live.identity.subject,
            staff: props.live.identity.role === 'staff',
          }}
        />
      </div>
    </>
  )
}

function newest(own: Order | undefined, shops: Order | undefined): Order | undefined {
  return own && shops ? foldOrder(own, shops) : (own ?? shops)
}

function isNotFound(error: unknown): boolean {
  return error instanceof Problem && error.status === 404
}
