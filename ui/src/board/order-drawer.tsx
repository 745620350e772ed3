import { CloseButton, Content, Overlay, Portal, Root, Title } from '@kobalte/core/dialog'
import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createComputed, createEffect, For, Match, on, Show, Switch } from 'solid-js'
import { orderNumber, type Order } from '../../../server/protocol/order'
import { allowedTransitions } from '../../../server/protocol/order-status'
import { LEAVES_PAGE } from '../components/dialog'
import { CloseIcon } from '../components/icons'
import { ErrorNotice, Loading } from '../components/notice'
import { StatusBadge } from '../components/status-badge'
import { Time } from '../components/time'
import { OrderDetails } from '../orders/order-details'
import { OrderHistory } from '../orders/order-history'
import { useApi, useCatalogue, useLive } from '../stores/app'
import { createOpenedOrder } from '../stores/opened-order'
import { orderHref } from '../stores/order-links'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { focusOrder } from './focus-order'
import { StatusCell } from './status-cell'
import { UndoHeld, waitWhileOn } from './undo-held'

const say = texts.board.drawer

/** The order that the address names, beside the list: what it is, what became of it, what may become. */
export function OrderDrawer(): JSX.Element {
  const desk = useDesk()
  return (
    <Root
      open={desk.address.opened() !== null}
      onOpenChange={(open) => {
        if (!open) desk.address.open(null)
      }}
      preventScroll={false}
    >
      <Portal>
        <Overlay class="dialog-overlay fixed inset-0 z-30 bg-[oklch(0.15_0.02_265/0.4)]" />
        <Show when={desk.address.opened()}>{(orderId) => <Sheet orderId={orderId()} />}</Show>
      </Portal>
    </Root>
  )
}

function Sheet(props: { readonly orderId: string }): JSX.Element {
  const desk = useDesk()
  const live = useLive()
  // Read when the sheet goes away, and there is no order any more.
  let shown = ''
  let sheet!: HTMLElement
  createComputed(() => (shown = props.orderId))
  const opened = createOpenedOrder({
    api: useApi(),
    orderId: () => props.orderId,
    known: desk.board.get,
    snapshots: () => live()?.orders.snapshots() ?? 0,
  })

  /** The one above or below in the list; null at its ends, and for one that is not in it. */
  function beside(step: 1 | -1): string | null {
    const ids = desk.rows.shown()
    const index = ids.indexOf(props.orderId)
    return index === -1 ? null : (ids[index + step] ?? null)
  }

  // What was pressed may be gone by now; without focus within, keys would lead nowhere.
  createEffect(
    on(
      [desk.cancelling, () => desk.board.changes.of(props.orderId)?.state.kind],
      () =>
        requestAnimationFrame(() => {
          if (document.activeElement === document.body) sheet.focus({ preventScroll: true })
        }),
      { defer: true },
    ),
  )

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !desk.keys.on()) return
    const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : null
    const orderId = step && beside(step)
    if (orderId !== null) desk.address.open(orderId)
    if (event.key === 'z') desk.board.changes.undo()
  }

  return (
    <Content
      ref={(element) => (sheet = element)}
      {...LEAVES_PAGE}
      class="fixed inset-y-0 right-0 z-30 flex w-full max-w-lg flex-col border-l border-line bg-canvas shadow-2 outline-none"
      onKeyDown={onKeyDown}
      // Where whoever reads the list goes on.
      onCloseAutoFocus={() => focusOrder(shown)}
      data-drawer={orderNumber(props.orderId)}
    >
      <header class="flex min-h-14 items-center gap-1 border-b border-line bg-surface py-1 pr-2 pl-5">
        <Title class="mr-auto font-semibold tabular-nums">
          {say.name(orderNumber(props.orderId))}
        </Title>
        <Step label={say.previous} to={beside(-1)} sign="↑" key="k" />
        <Step label={say.next} to={beside(1)} sign="↓" key="j" />
        <CloseButton class="btn btn-plain btn-small px-2" aria-label={say.close}>
          <CloseIcon />
        </CloseButton>
      </header>
      <div class="flex flex-1 flex-col gap-4 overflow-y-auto p-4 sm:p-5">
        <Switch>
          <Match when={opened.order()}>
            {(order) => (
              <>
                <Actions order={order()} />
                <OrderDetails order={order()} />
                <OrderHistory
                  history={opened.history()}
                  reader={{ subject: live()?.identity.subject ?? '', staff: true }}
                />
              </>
            )}
          </Match>
          <Match when={!opened.error()}>
            <Loading label={texts.orders.loadingOrder} rows={3} />
          </Match>
        </Switch>
        <Show when={opened.error()}>
          {(error) => <ErrorNotice error={error()} onRetry={opened.retry} />}
        </Show>
        <A href={orderHref(props.orderId)} class="link self-start text-sm">
          {say.page}
        </A>
      </div>
    </Content>
  )
}

function Step(props: {
  readonly label: string
  readonly to: string | null
  readonly sign: string
  readonly key: string
}): JSX.Element {
  const desk = useDesk()
  return (
    <button
      type="button"
      class="btn btn-plain btn-small px-2.5"
      aria-label={props.label}
      aria-keyshortcuts={props.key}
      title={`${props.label} (${props.key})`}
      disabled={props.to === null}
      onClick={() => desk.address.open(props.to)}
    >
      <span aria-hidden="true">{props.sign}</span>
    </button>
  )
}

function Actions(props: { readonly order: Order }): JSX.Element {
  const desk = useDesk()
  const catalogue = useCatalogue()
  const idle = () =>
    catalogue.takesOrders() && desk.board.changes.of(props.order.orderId) === undefined
  return (
    <section aria-label={say.actions} class="flex flex-wrap items-center gap-2">
      <p class="basis-full text-sm text-ink-soft">
        {say.placed} <Time at={props.order.createdAt} />
      </p>
      <Show when={idle()} fallback={<NotIdle order={props.order} />}>
        <span class="mr-2">
          <StatusBadge status={props.order.status} />
        </span>
        <For each={allowedTransitions(props.order.status)}>
          {(status) => (
            <button
              type="button"
              class={`btn btn-small ${status === 'cancelled' ? 'btn-danger' : 'btn-primary'}`}
              onClick={() =>
                desk.choose(status, [
                  { orderId: props.order.orderId, seenVersion: props.order.version },
                ])
              }
            >
              {status === 'cancelled' ? say.cancel : say.mark(status)}
            </button>
          )}
        </For>
      </Show>
    </section>
  )
}

/** What was chosen is not settled: until it is sent it can be taken back here, too. */
function NotIdle(props: { readonly order: Order }): JSX.Element {
  const { changes } = useDesk().board
  const group = () => {
    const state = changes.of(props.order.orderId)?.state
    return state?.kind === 'held'
      ? changes.groups().find(({ id }) => id === state.group)
      : undefined
  }
  return (
    <>
      <StatusCell order={props.order} />
      <Show when={group()?.id} keyed>
        {(id) => (
          <span
            ref={(element) => waitWhileOn(element, changes, id)}
            class="flex items-center gap-2 text-sm"
          >
            <Show when={group()}>{(held) => <UndoHeld group={held()} />}</Show>
          </span>
        )}
      </Show>
    </>
  )
}
