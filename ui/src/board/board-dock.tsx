import type { JSX } from 'solid-js'
import { createEffect, createMemo, createSignal, For, on, onMount, Show } from 'solid-js'
import { orderNumber } from '../../../server/protocol/order'
import type { OrderStatus } from '../../../server/protocol/order-status'
import { docked } from '../components/docked'
import { useCatalogue } from '../stores/app'
import type { HeldGroup } from '../stores/held-changes'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { focusOrderIfLost } from './focus-order'
import { possibleChanges } from './possible-changes'
import { StatusDot } from './status-dot'
import { UndoHeld, waitWhileOn } from './undo-held'

const say = texts.board
const BAR = 'pointer-events-auto rounded-xl border border-line-strong/60 bg-surface shadow-2'

/** Below the list: what is selected and can be made of it, and what can still be taken back. */
export function BoardDock(): JSX.Element {
  const desk = useDesk()
  const { changes } = desk.board
  const sending = () => changes.open().filter(({ state }) => state.kind === 'sending').length
  return (
    <>
      <Announcements />
      <div
        ref={docked}
        class="pointer-events-none fixed inset-x-0 bottom-0 z-20 mx-auto flex max-w-[96rem] flex-col items-start gap-2 px-4 not-empty:py-3 sm:px-6 sm:not-empty:py-5"
      >
        <Show when={sending() > 0}>
          <p class={`${BAR} px-4 py-2 text-sm text-ink-soft`}>{say.held.sendingMany(sending())}</p>
        </Show>
        <For each={changes.groups().map(({ id }) => id)}>
          {(id) => (
            <Show when={changes.groups().find((group) => group.id === id)}>
              {(group) => <HeldBar group={group()} />}
            </Show>
          )}
        </For>
        <Show when={desk.selection.ids().length > 0}>
          <SelectionBar />
        </Show>
      </div>
    </>
  )
}

/** Says once what was chosen: the bars themselves are not read out again and again. */
function Announcements(): JSX.Element {
  const desk = useDesk()
  const [text, setText] = createSignal('')
  createEffect(
    on(
      () => desk.board.changes.groups().at(-1)?.id,
      () => {
        const group = desk.board.changes.groups().at(-1)
        setText(group ? say.held.announced(describe(group)) : '')
      },
    ),
  )
  return (
    <p role="status" class="sr-only">
      {text()}
    </p>
  )
}

function HeldBar(props: { readonly group: HeldGroup }): JSX.Element {
  const { changes } = useDesk().board
  let left!: HTMLElement
  onMount(() => {
    const shrink = [{ transform: 'scaleX(1)' }, { transform: 'scaleX(0)' }]
    createEffect(
      on(
        () => props.group.dueAt,
        (dueAt) => {
          for (const running of left.getAnimations()) running.cancel()
          const duration = Math.max(0, dueAt - Date.now())
          left.animate(shrink, { duration, fill: 'forwards' })
        },
      ),
    )
  })
  return (
    <div
      ref={(element) => waitWhileOn(element, changes, props.group.id)}
      class={`${BAR} relative flex max-w-full items-center gap-3 overflow-clip py-1.5 pr-1.5 pl-4 text-sm`}
      data-held={props.group.changes.length}
    >
      <span class="min-w-0 truncate font-medium tabular-nums">{describe(props.group)}</span>
      <UndoHeld group={props.group} />
      <span
        ref={(element) => (left = element)}
        aria-hidden="true"
        class="absolute inset-x-0 bottom-0 h-0.5 origin-left bg-accent motion-reduce:hidden forced-colors:bg-[Highlight]"
      />
    </div>
  )
}

function describe({ changes }: HeldGroup): string {
  const [first] = changes
  if (!first) return ''
  return changes.length === 1
    ? say.held.one(orderNumber(first.orderId), first.status)
    : say.held.becomes(changes.length, first.status)
}

function SelectionBar(): JSX.Element {
  const desk = useDesk()
  const catalogue = useCatalogue()
  const { board, selection } = desk

  /** Of each status those that may become it and are not on their way to something. */
  const able = createMemo(() => {
    board.revision()
    const sending = new Set(
      board.changes
        .open()
        .flatMap((one) => (one.state.kind === 'sending' ? one.wanted.orderId : [])),
    )
    const orders = selection.ids().flatMap((id) => (sending.has(id) ? [] : (board.peek(id) ?? [])))
    return possibleChanges(orders)
  })

  function choose(status: OrderStatus): void {
    const orders = (able().get(status) ?? []).map((orderId) => ({
      orderId,
      seenVersion: selection.seenVersion(orderId) ?? 0,
    }))
    desk.choose(status, orders)
    focusOrderIfLost(...orders.map(({ orderId }) => orderId))
  }

  return (
    <div
      role="group"
      aria-label={say.selection}
      class={`${BAR} flex max-w-full flex-wrap items-center gap-1 p-1.5 pl-4 text-sm`}
    >
      <span class="mr-2 font-semibold tabular-nums">{say.selected(selection.ids().length)}</span>
      <Show when={catalogue.takesOrders()}>
        <For each={[...able().keys()]}>
          {(status) => (
            <button
              type="button"
              class="btn btn-quiet btn-small gap-1.5 px-2.5"
              onClick={() => choose(status)}
            >
              <StatusDot status={status} />
              {texts.common.statuses[status]}
              <span class="text-xs text-ink-faint tabular-nums">
                <span class="sr-only">{say.makeThem(able().get(status)?.length ?? 0)}</span>
                <span aria-hidden="true">{able().get(status)?.length}</span>
              </span>
            </button>
          )}
        </For>
      </Show>
      <button
        type="button"
        class="btn btn-plain btn-small"
        aria-keyshortcuts="Escape"
        onClick={() => selection.clear()}
      >
        {say.clearSelection}
      </button>
    </div>
  )
}
