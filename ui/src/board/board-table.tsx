import { createWindowVirtualizer, type Range } from '@tanstack/solid-virtual'
import type { JSX } from 'solid-js'
import {
  createComputed,
  createEffect,
  createMemo,
  createSignal,
  For,
  on,
  onCleanup,
  onMount,
  Show,
} from 'solid-js'
import { ArrowUpIcon } from '../components/icons'
import { ErrorNotice } from '../components/notice'
import { isServerOrder } from '../stores/board-sort'
import { isSameList } from '../stores/sorted-ids'
import { texts } from '../texts'
import { afterFrame } from './after-frame'
import { useDesk } from './board-desk'
import { BoardHead, SortSelect } from './board-head'
import { BoardRow } from './board-row'
import { createRowFocus, keepFocus } from './row-focus'
import { createRowHighlight } from './row-highlight'
import { createRowSlots } from './row-slots'
import { SortNotice } from './sort-notice'

/** From this width on a row is one line; below, a card. As Tailwind's `lg`. */
const WIDE = '(min-width: 64rem)'
const WIDE_ROW_REM = 3.5
const CARD_ROW_REM = 8.75
/** Rows before the end at which the next page is asked for. */
const LOAD_AHEAD_ROWS = 10
/** The virtualizer lays out all rows anew when their number changes: so it changes in steps. */
const ROW_STEP = 1_000
/** Rows above and below those in sight. */
const BEYOND_ROWS = 5
/** What of the window is covered by the header and the head of the table. */
const COVERED_REM = 6.5

/** All shown orders, of which only those in sight are in the page. */
export function BoardTable(): JSX.Element {
  const desk = useDesk()
  const { board, rows, selection } = desk
  let list!: HTMLDivElement
  const [offset, setOffset] = createSignal(0)
  const [away, setAway] = createSignal(false)
  const { rem, rowHeight, measure } = createRowHeight()

  const steps = createMemo(() => Math.ceil(rows.shown().length / ROW_STEP))
  const virtualizer = createWindowVirtualizer<HTMLDivElement>({
    get count() {
      return steps() * ROW_STEP
    },
    get scrollMargin() {
      return offset()
    },
    get estimateSize() {
      const height = rowHeight()
      return () => height
    },
    overscan: BEYOND_ROWS,
    rangeExtractor: steadyRange(),
    get scrollPaddingStart() {
      return COVERED_REM * rem()
    },
    get scrollPaddingEnd() {
      return COVERED_REM * rem()
    },
  })
  /** Where the rows in sight stand in the list. */
  const places = createMemo(() => {
    const ids = rows.shown()
    const inSight = virtualizer.getVirtualItems().filter(({ index }) => index < ids.length)
    return new Map(inSight.map(({ index }) => [ids[index]!, index]))
  })
  const slots = createRowSlots(createMemo(() => [...places().keys()], [], { equals: isSameList }))
  createComputed(on(slots, keepFocus, { defer: true }))
  const highlight = createRowHighlight()
  desk.setRowFocus(
    createRowFocus({
      list: () => list,
      shown: rows.shown,
      scrollTo,
    }),
  )
  onCleanup(() => desk.setRowFocus(null))

  /** Where the row is in sight, the page is not asked for a layout. */
  function scrollTo(index: number): void {
    const above = offset() + index * rowHeight() - (virtualizer.scrollOffset ?? 0)
    const below = (virtualizer.scrollRect?.height ?? 0) - above - rowHeight()
    if (Math.min(above, below) < COVERED_REM * rem()) virtualizer.scrollToIndex(index)
  }

  const isHeld = () => away() || selection.ids().length > 0
  const onScroll = () => setAway(window.scrollY > offset())
  onMount(() => {
    // Once all is laid out: asked at any other time, the page would be laid out for the answer.
    const watch = new ResizeObserver(() => {
      setOffset(list.offsetTop)
      onScroll()
    })
    watch.observe(list.closest('main > *') ?? document.body)
    // Before the virtualizer moves rows, for the same reason.
    const early = { passive: true, capture: true }
    window.addEventListener('scroll', onScroll, early)
    onCleanup(() => {
      watch.disconnect()
      window.removeEventListener('scroll', onScroll, early)
    })
  })
  createEffect(() => {
    if (isHeld()) rows.hold()
    // The way up is drawn first, then what waited there.
    else onCleanup(afterFrame(rows.release))
  })
  createEffect(
    on(
      [board.view.status, board.view.search, board.view.sort, board.listing],
      () => {
        rows.release()
        if (isHeld()) rows.hold()
      },
      { defer: true },
    ),
  )
  createEffect(on([board.view.status, board.view.search], selection.clear, { defer: true }))
  createEffect(() => {
    const last = [...places().values()].at(-1) ?? 0
    const nearEnd = last >= rows.shown().length - LOAD_AHEAD_ROWS
    const listing = board.listing()
    // Further pages of everything say nothing of what is sought.
    if (board.view.isFiltered() && !board.view.found()) return
    // In another order than the server's a further page would move what is being read.
    if (!isServerOrder(board.view.sort())) return
    if (nearEnd && listing.hasMore() && !listing.error()) void listing.loadMore()
  })

  function showNew(): void {
    rows.release()
    window.scrollTo({ top: 0 })
    if (selection.ids().length > 0) rows.hold()
  }

  return (
    <div class="flex flex-col gap-3">
      <Show when={rows.held() > 0}>
        <NewAbove count={rows.held()} onClick={showNew} />
      </Show>
      <span ref={measure} aria-hidden="true" class="invisible absolute h-4" />
      <SortSelect />
      <SortNotice />
      <div
        role="table"
        aria-label={texts.board.orders}
        aria-rowcount={board.listing().hasMore() ? -1 : rows.shown().length + 1}
        class="card overflow-clip"
      >
        <BoardHead />
        <div
          ref={(element) => (list = element)}
          role="rowgroup"
          class="relative"
          style={{ height: `${rows.shown().length * rowHeight()}px` }}
        >
          <For each={slots()}>
            {(slot) => (
              <Show when={board.get(slot.orderId())}>
                {(order) => (
                  <BoardRow
                    ref={(row) => (slot.element = row)}
                    order={order()}
                    index={places().get(slot.orderId()) ?? 0}
                    height={rowHeight()}
                    highlight={highlight}
                  />
                )}
              </Show>
            )}
          </For>
        </div>
      </div>
      <ListEnd />
    </div>
  )
}

function NewAbove(props: { readonly count: number; readonly onClick: () => void }): JSX.Element {
  return (
    <div class="pointer-events-none fixed inset-x-0 top-28 z-10 flex justify-center lg:top-27">
      <button
        type="button"
        class="btn btn-primary btn-small pointer-events-auto rounded-full shadow-2"
        onClick={() => props.onClick()}
      >
        <ArrowUpIcon />
        {texts.board.newOrders(props.count)}
      </button>
    </div>
  )
}

/** What comes after the last row: more, trouble, or nothing. */
function ListEnd(): JSX.Element {
  const desk = useDesk()
  const { view } = desk.board
  const listing = () => desk.board.listing()
  const waits = () =>
    (view.isFiltered() && !view.found()) || (listing().hasMore() && !isServerOrder(view.sort()))
  return (
    <div class="text-center text-sm text-ink-faint">
      <Show
        when={listing().error()}
        fallback={
          <p role="status">
            {waits() ? '' : listing().hasMore() ? texts.board.loadingOlder : texts.board.theEnd}
          </p>
        }
      >
        {(error) => <ErrorNotice error={error()} onRetry={() => void listing().loadMore()} />}
      </Show>
    </div>
  )
}

/** Always as many rows, also at both ends of the list: none is built or taken down while one scrolls. */
function steadyRange(): (range: Range) => number[] {
  let most = 0
  return ({ startIndex, endIndex, overscan, count }) => {
    most = Math.max(most, endIndex - startIndex + 1)
    const wanted = most + 2 * overscan
    const from = Math.max(0, Math.min(startIndex - overscan, count - wanted))
    return Array.from({ length: Math.min(wanted, count) }, (_, index) => from + index)
  }
}

/** Pixels of a row, by the width of the page and the size of its text, which readers change. */
function createRowHeight() {
  const wide = window.matchMedia(WIDE)
  const [isWide, setWide] = createSignal(wide.matches)
  const [rem, setRem] = createSignal(
    Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
  )
  const onChange = () => setWide(wide.matches)
  wide.addEventListener('change', onChange)
  onCleanup(() => wide.removeEventListener('change', onChange))
  const watch = new ResizeObserver(([rule]) => setRem(rule!.contentRect.height))
  onCleanup(() => watch.disconnect())
  return {
    rem,
    rowHeight: () => rem() * (isWide() ? WIDE_ROW_REM : CARD_ROW_REM),
    /** For `ref` of an element that is one rem high. */
    measure: (rule: Element) => watch.observe(rule),
  }
}
