import { A } from '@solidjs/router'
import type { JSX } from 'solid-js'
import { lazy, Match, Show, Suspense, Switch, untrack } from 'solid-js'
import { EmptyState, ErrorNotice, Loading } from '../components/notice'
import { Title } from '../components/title'
import { SignInFirst } from '../session/sign-in-first'
import { useLive, type Live } from '../stores/app'
import type { Board } from '../stores/board'
import { texts } from '../texts'
import { BoardCancelDialog } from './board-cancel'
import { BoardDeskProvider, createBoardDesk, useDesk } from './board-desk'
import { BoardDock } from './board-dock'
import { BoardHelp } from './board-help'
import { createBoardKeys } from './board-keys'
import { BoardSearch } from './board-search'
import { BoardTable } from './board-table'
import { BoardTiles } from './board-tiles'
import { BoardTools } from './board-tools'
import { OpenChanges } from './open-changes'
import { StatusStrip } from './status-strip'

const say = texts.board
const OrderDrawer = lazy(() =>
  import('./order-drawer').then((file) => ({ default: file.OrderDrawer })),
)

export function BoardPage(): JSX.Element {
  const live = useLive()
  return (
    <>
      <Title>{say.title}</Title>
      <Show
        when={live()}
        fallback={
          <>
            <Heading />
            <SignInFirst to="/board" text={say.signInText} />
          </>
        }
        keyed
      >
        {(now) => (
          <Show
            when={!now.board?.refused() && now.board}
            fallback={<Refusal name={now.identity.name} />}
            keyed
          >
            {(board) => <LiveBoard live={now} board={board} />}
          </Show>
        )}
      </Show>
    </>
  )
}

const Heading = () => <h1 class="page-title mb-5">{say.title}</h1>

function Refusal(props: { readonly name: string }): JSX.Element {
  return (
    <>
      <Heading />
      <div role="alert">
        <EmptyState title={say.refused.title} text={say.refused.text(props.name)}>
          <A href="/orders" class="btn btn-quiet">
            {texts.shell.orders}
          </A>
        </EmptyState>
      </div>
    </>
  )
}

function LiveBoard(props: { readonly live: Live; readonly board: Board }): JSX.Element {
  // One session has one board: another comes with another of these.
  const desk = createBoardDesk(untrack(() => props.board))
  createBoardKeys(desk)
  return (
    <BoardDeskProvider value={desk}>
      {/* Room for what stands above the lower edge of the window. */}
      <div class="flex flex-col gap-3 pb-16 sm:gap-4">
        <div class="flex flex-wrap items-center gap-x-3 gap-y-3">
          <h1 class="page-title mr-auto">{say.title}</h1>
          <BoardTools />
          <BoardSearch />
        </div>
        <BoardTiles />
        <StatusStrip />
        <OpenChanges />
        <Switch fallback={<Loading label={say.loading} rows={6} />}>
          <Match when={!props.board.ready() && props.live.realtime.snapshotError('admin')}>
            {(error) => (
              <div class="flex flex-col gap-3">
                <ErrorNotice error={error()} />
                <p class="text-sm text-ink-soft">{texts.common.triedByItself}</p>
              </div>
            )}
          </Match>
          <Match when={props.board.ready()}>
            <Rows />
          </Match>
        </Switch>
      </div>
      <BoardDock />
      <Suspense>
        <Show when={desk.address.opened()}>
          <OrderDrawer />
        </Show>
      </Suspense>
      <BoardCancelDialog />
      <BoardHelp />
    </BoardDeskProvider>
  )
}

function Rows(): JSX.Element {
  const desk = useDesk()
  const { view } = desk.board
  return (
    <>
      <Show when={view.searchError()}>
        {(error) => (
          <div>
            <ErrorNotice error={error()} onRetry={view.again} />
            <p class="mt-2 text-sm text-ink-soft">{say.searchedLoaded}</p>
          </div>
        )}
      </Show>
      <Switch>
        <Match when={desk.board.ids().length > 0}>
          <BoardTable />
        </Match>
        <Match when={view.searching()}>
          <Loading label={say.searching} rows={3} />
        </Match>
        <Match when={view.isFiltered()}>
          <EmptyState title={say.nothingFound} text={say.nothingFoundText}>
            <button
              type="button"
              class="btn btn-quiet"
              onClick={() => desk.address.show({ status: null, search: '' })}
            >
              {say.showAll}
            </button>
          </EmptyState>
        </Match>
        <Match when={true}>
          <EmptyState title={say.none.title} text={say.none.text} />
        </Match>
      </Switch>
    </>
  )
}
