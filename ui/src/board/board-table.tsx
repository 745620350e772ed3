import { createWindowVirtualizer } from '@tanstack/solid-virtual'
import type { JSX } from 'solid-js'
import { createEffect, createMemo, createSignal, For, on, onCleanup, onMount, Show } from 'solid-js'
import { ArrowUpIcon } from '../components/icons'
import { ErrorNotice } from '../components/notice'
import type { Board } from '../stores/board'
import type { StartCancel } from './board-cancel'
import { BoardRow, ROW_GRID } from './board-row'
import { createHeldRows } from './held-rows'

/** From this width on a row is one line; below, a card. As Tailwind's `md`. */
const WIDE = '(min-width: 48rem)'
const WIDE_ROW_REM = 3.75
const CARD_ROW_REM = 8.75
/** Rows before the end at which the next page is asked for. */
const LOAD_AHEAD_ROWS = 10

/** All shown orders, of which only those in sight are in the page. */
export function BoardTable(props: {
  readonly board: Board
  readonly onCancel: StartCancel
}): JSX.Element {
  let list!: HTMLDivElement
  const rows = createHeldRows(() => props.board.ids())
  const [offset, setOffset] = createSignal(0)
  const rowHeight = createRowHeight()

  const virtualizer = createWindowVirtualizer<HTMLDivElement>({
    get count() {
      return rows.shown().length
    },
    get scrollMargin() {
      return offset()
    },
    get estimateSize() {
      const height = rowHeight()
      return () => height
    },
    get getItemKey() {
      const ids = rows.shown()
      return (index: number) => ids[index] ?? index
    },
    overscan: 8,
  })
  const positions = createMemo(
    () => new Map(virtualizer.getVirtualItems().map((item) => [rows.shown()[item.index], item])),
  )
  // By id, not by place: an open select must stay with its order when rows move.
  const inSight = createMemo(() => [...positions().keys()].filter((id) => id !== undefined))

  function onScroll(): void {
    setOffset(list.offsetTop)
    if (window.scrollY > list.offsetTop) rows.hold()
    else rows.release()
  }
  onMount(() => {
    onScroll()
    window.addEventListener('scroll', onScroll, { passive: true })
    onCleanup(() => window.removeEventListener('scroll', onScroll))
  })
  createEffect(on([() => props.board.view.status(), () => props.board.view.search()], rows.release))
  createEffect(() => {
    const last = virtualizer.getVirtualItems().at(-1)?.index ?? 0
    const nearEnd = last >= rows.shown().length - LOAD_AHEAD_ROWS
    const listing = props.board.listing()
    if (nearEnd && listing.hasMore() && !listing.error()) void listing.loadMore()
  })

  return (
    <div>
      <Show when={rows.held() > 0}>
        <NewAbove count={rows.held()} />
      </Show>
      <div
        role="table"
        aria-label="Orders"
        aria-rowcount={props.board.listing().hasMore() ? -1 : rows.shown().length + 1}
        class="card overflow-clip"
      >
        <HeadRow />
        <div
          ref={(element) => (list = element)}
          role="rowgroup"
          class="relative"
          style={{ height: `${virtualizer.getTotalSize()}px` }}
        >
          <For each={inSight()}>
            {(id) => (
              <Show when={props.board.get(id)}>
                {(order) => (
                  <BoardRow
                    board={props.board}
                    order={order()}
                    index={positions().get(id)?.index ?? 0}
                    top={(positions().get(id)?.start ?? 0) - offset()}
                    height={rowHeight()}
                    onCancel={props.onCancel}
                  />
                )}
              </Show>
            )}
          </For>
        </div>
      </div>
      <ListEnd board={props.board} />
    </div>
  )
}

function HeadRow(): JSX.Element {
  return (
    <div role="rowgroup" class="hidden border-b border-line bg-sunken/60 md:block">
      <div
        role="row"
        aria-rowindex={1}
        class={`${ROW_GRID} py-2.5 text-sm font-medium text-ink-soft`}
      >
        <span role="columnheader">Order</span>
        <span role="columnheader">Customer</span>
        <span role="columnheader">Items</span>
        <span role="columnheader">Placed</span>
        <span role="columnheader" class="text-right">
          Total
        </span>
        <span role="columnheader">Status</span>
      </div>
    </div>
  )
}

function NewAbove(props: { readonly count: number }): JSX.Element {
  return (
    <div class="pointer-events-none fixed inset-x-0 top-28 z-10 flex justify-center lg:top-18">
      <button
        type="button"
        class="btn btn-primary btn-small pointer-events-auto rounded-full shadow-2"
        onClick={() => window.scrollTo({ top: 0 })}
      >
        <ArrowUpIcon />
        {props.count} new {props.count === 1 ? 'order' : 'orders'}
      </button>
    </div>
  )
}

/** What comes after the last row: more, trouble, or nothing. */
function ListEnd(props: { readonly board: Board }): JSX.Element {
  const listing = () => props.board.listing()
  return (
    <div class="mt-4 text-center text-sm text-ink-faint">
      <Show
        when={listing().error()}
        fallback={
          <p role="status">
            {listing().hasMore() ? 'Loading older orders…' : 'That is all of them.'}
          </p>
        }
      >
        {(error) => <ErrorNotice error={error()} onRetry={() => void listing().loadMore()} />}
      </Show>
    </div>
  )
}

/** Pixels of a row, by the width of the page and the size of its text. */
function createRowHeight(): () => number {
  const wide = window.matchMedia(WIDE)
  const [isWide, setWide] = createSignal(wide.matches)
  const onChange = () => setWide(wide.matches)
  wide.addEventListener('change', onChange)
  onCleanup(() => wide.removeEventListener('change', onChange))
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  return () => rem * (isWide() ? WIDE_ROW_REM : CARD_ROW_REM)
}
