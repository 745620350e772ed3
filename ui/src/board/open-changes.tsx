import type { JSX } from 'solid-js'
import { batch, createMemo, For, Match, Show, Switch } from 'solid-js'
import { orderNumber } from '../../../server/protocol/order'
import { canTransition } from '../../../server/protocol/order-status'
import { WarningIcon } from '../components/icons'
import { StatusBadge } from '../components/status-badge'
import { problemText } from '../problem'
import type { ChangeState, OpenChange } from '../stores/held-changes'
import { conflictText } from '../stores/status-changes'
import { texts } from '../texts'
import { useDesk } from './board-desk'
import { focusOrderIfLost } from './focus-order'

const say = texts.board.open

type Conflict = Extract<ChangeState, { readonly kind: 'conflict' }>
type Failure = Extract<ChangeState, { readonly kind: 'failed' }>

/** Changes that the server did not make: what the order is now, and what the reader wants of it. */
export function OpenChanges(): JSX.Element {
  const desk = useDesk()
  const { changes } = desk.board
  const undecided = createMemo(() =>
    changes.open().filter(({ state }) => state.kind === 'conflict' || state.kind === 'failed'),
  )
  const conflicts = () => undecided().filter(({ state }) => state.kind === 'conflict')

  const failures = () => undecided().filter(({ state }) => state.kind === 'failed')

  function keepAll(): void {
    for (const { wanted } of conflicts()) changes.drop(wanted.orderId)
  }

  function tryAllAgain(): void {
    const orderIds = failures().map(({ wanted }) => wanted.orderId)
    batch(() => orderIds.forEach(changes.sendAgain))
    focusOrderIfLost(...orderIds)
  }

  return (
    <Show when={undecided().length > 0}>
      <section
        aria-labelledby="open-changes"
        class="card overflow-hidden border-cancelled/40 text-sm"
        data-open-changes
      >
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1 bg-cancelled-soft px-4 py-2 text-cancelled sm:px-5">
          <WarningIcon />
          <div role="alert">
            <h2 id="open-changes" class="font-semibold">
              {say.title(undecided().length)}
            </h2>
          </div>
          <span class="ml-auto flex flex-wrap gap-2">
            <Show when={failures().length > 1}>
              <button type="button" class="btn btn-quiet btn-small" onClick={tryAllAgain}>
                {say.tryAllAgain}
              </button>
            </Show>
            <Show when={conflicts().length > 1}>
              <button type="button" class="btn btn-quiet btn-small" onClick={keepAll}>
                {say.keepAllTheirs}
              </button>
            </Show>
          </span>
        </div>
        <ul class="max-h-72 divide-y divide-line overflow-y-auto">
          <For each={undecided()}>
            {(change) => (
              <li class="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5 sm:px-5">
                <OneChange change={change} />
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}

function OneChange(props: { readonly change: OpenChange }): JSX.Element {
  const conflict = () => (isConflict(props.change.state) ? props.change.state : null)
  const failure = () => (isFailure(props.change.state) ? props.change.state : null)
  return (
    <>
      <span class="font-semibold tabular-nums">#{orderNumber(props.change.wanted.orderId)}</span>
      <Switch>
        <Match when={conflict()}>
          {(state) => <DecideConflict change={props.change} state={state()} />}
        </Match>
        <Match when={failure()}>
          {(state) => <DecideFailure change={props.change} state={state()} />}
        </Match>
      </Switch>
    </>
  )
}

function DecideConflict(props: {
  readonly change: OpenChange
  readonly state: Conflict
}): JSX.Element {
  const { changes } = useDesk().board
  const orderId = () => props.change.wanted.orderId
  const possible = () => canTransition(props.state.order.status, props.change.wanted.status)
  return (
    <>
      <span class="flex flex-wrap items-center gap-2">
        {conflictText(props.state)} {say.now}
        <StatusBadge status={props.state.order.status} />
        {say.yours}
        <StatusBadge status={props.change.wanted.status} />
      </span>
      <span class="ml-auto flex flex-wrap items-center gap-2">
        <Show when={possible()} fallback={<span class="text-ink-soft">{say.notPossible}</span>}>
          <button
            type="button"
            class="btn btn-quiet btn-small"
            onClick={() => settle(changes.sendAgain, orderId())}
          >
            {say.applyAnyway}
          </button>
        </Show>
        <button
          type="button"
          class="btn btn-quiet btn-small"
          onClick={() => settle(changes.drop, orderId())}
        >
          {say.keepTheirs}
        </button>
      </span>
    </>
  )
}

function DecideFailure(props: {
  readonly change: OpenChange
  readonly state: Failure
}): JSX.Element {
  const { changes } = useDesk().board
  const orderId = () => props.change.wanted.orderId
  return (
    <>
      <span class="min-w-0 flex-1 basis-56">
        {say.notChanged} {problemText(props.state.error)}
      </span>
      <span class="ml-auto flex flex-wrap items-center gap-2">
        <StatusBadge status={props.change.wanted.status} />
        <button
          type="button"
          class="btn btn-quiet btn-small"
          onClick={() => settle(changes.sendAgain, orderId())}
        >
          {texts.common.tryAgain}
        </button>
        <button
          type="button"
          class="btn btn-quiet btn-small"
          onClick={() => settle(changes.drop, orderId())}
        >
          {say.giveUp}
        </button>
      </span>
    </>
  )
}

/** The button that was pressed goes with the question. */
function settle(decide: (orderId: string) => void, orderId: string): void {
  decide(orderId)
  focusOrderIfLost(orderId)
}

function isConflict(state: ChangeState): state is Conflict {
  return state.kind === 'conflict'
}

function isFailure(state: ChangeState): state is Failure {
  return state.kind === 'failed'
}
