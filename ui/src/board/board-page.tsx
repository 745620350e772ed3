import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { createSignal, Match, Show, Switch } from 'solid-js'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { Title } from '../components/title'
import { SignInFirst } from '../session/sign-in-first'
import { useLive, type Live } from '../stores/app'
import type { Board } from '../stores/board'
import { BoardCancelDialog, type BoardCancel, type StartCancel } from './board-cancel'
import { BoardFilters } from './board-filters'
import { BoardTable } from './board-table'
import { BoardTiles } from './board-tiles'

export function BoardPage(): JSX.Element {
  const live = useLive()
  return (
    <>
      <Title>Board</Title>
      <h1 class="page-title mb-5">Board</h1>
      <Show
        when={live()}
        fallback={<SignInFirst to="/board" text="The board is for the staff of the shop." />}
        keyed
      >
        {(now) => (
          <Show
            when={!now.board?.refused() && now.board}
            fallback={<Refusal name={now.identity.name} />}
          >
            {(board) => <LiveBoard live={now} board={board()} />}
          </Show>
        )}
      </Show>
    </>
  )
}

function Refusal(props: { readonly name: string }): JSX.Element {
  return (
    <div role="alert">
      <EmptyState
        title="The board is for staff"
        text={`You are signed in as ${props.name}, who is a customer. Sign in as a member of staff to see it.`}
      >
        <A href="/orders" class="btn btn-quiet">
          My orders
        </A>
      </EmptyState>
    </div>
  )
}

function LiveBoard(props: { readonly live: Live; readonly board: Board }): JSX.Element {
  const [cancelling, setCancelling] = createSignal<BoardCancel | null>(null)
  return (
    <div class="flex flex-col gap-5">
      <BoardTiles board={props.board} />
      <BoardFilters board={props.board} />
      <Switch fallback={<Loading label="Loading orders" rows={6} />}>
        <Match when={!props.board.ready() && props.live.realtime.snapshotError('admin')}>
          {(error) => (
            <div class="flex flex-col gap-3">
              <ErrorNotice error={error()} />
              <p class="text-sm text-ink-soft">It is tried again by itself.</p>
            </div>
          )}
        </Match>
        <Match when={props.board.ready()}>
          <Rows
            board={props.board}
            onCancel={(orderId, seenVersion) => setCancelling({ orderId, seenVersion })}
          />
        </Match>
      </Switch>
      <BoardCancelDialog
        board={props.board}
        cancelling={cancelling()}
        onClose={() => setCancelling(null)}
      />
    </div>
  )
}

function Rows(props: { readonly board: Board; readonly onCancel: StartCancel }): JSX.Element {
  function showAll(): void {
    props.board.view.setStatus(null)
    props.board.view.setSearch('')
  }

  return (
    <>
      <Show when={props.board.view.searchError()}>
        {(error) => (
          <div>
            <ErrorNotice error={error()} onRetry={props.board.view.again} />
            <p class="mt-2 text-sm text-ink-soft">Only the orders loaded so far were searched.</p>
          </div>
        )}
      </Show>
      <Switch>
        <Match when={props.board.ids().length > 0}>
          <BoardTable board={props.board} onCancel={props.onCancel} />
        </Match>
        <Match when={props.board.view.searching()}>
          <Loading label="Searching" rows={3} />
        </Match>
        <Match when={props.board.view.isFiltered()}>
          <EmptyState title="Nothing found" text="No order matches the filter and the search.">
            <button type="button" class="btn btn-quiet" onClick={showAll}>
              Show all orders
            </button>
          </EmptyState>
        </Match>
        <Match when={true}>
          <EmptyState
            title="No orders yet"
            text="New orders appear here the moment they are placed."
          />
        </Match>
      </Switch>
    </>
  )
}
