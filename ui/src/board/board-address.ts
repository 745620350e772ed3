import { useLocation, useNavigate } from '@solidjs/router'
import { createRenderEffect, on, onCleanup, untrack } from 'solid-js'
import { SEARCH_PAUSE_MS, type BoardQuery, type BoardView } from '../stores/board-view'
import { readBoardQuery, writeBoardQuery, type BoardLink } from './board-link'

/** The address of the board says what is shown, so that it can be sent on, and back leads back. */
export interface BoardAddress {
  /** Shows something else at once; the address follows, and back leads to what is shown now. */
  readonly show: (change: Partial<BoardQuery>) => void
  /** Searches at once; the address follows when the typing pauses. */
  readonly type: (search: string) => void
  /** Reactive: the order that is opened beside the list. */
  readonly opened: () => string | null
  readonly open: (orderId: string | null) => void
  /** Reactive: the address that `open` leads to. */
  readonly hrefOf: (orderId: string) => string
}

/** A change of address costs a frame: the list that was asked for comes before it. */
const SOON_MS = 100

/** Owned. The view follows the address, whoever changed it; and the address what the reader asks for here. */
export function createBoardAddress(view: BoardView): BoardAddress {
  const location = useLocation()
  const navigate = useNavigate()
  const link = () => readBoardQuery(location.search)
  /** The address is to follow the view; what is asked for meanwhile comes with it. */
  let following: ReturnType<typeof setTimeout> | null = null

  function stopFollowing(): void {
    if (following !== null) clearTimeout(following)
    following = null
  }

  /** @param replaces not reactive: whether the way back leads past what the address names now */
  function follow(afterMs: number, replaces: () => boolean): void {
    stopFollowing()
    following = setTimeout(() => {
      following = null
      untrack(() => go({}, replaces()))
    }, afterMs)
  }

  function href(change: Partial<BoardLink>): string {
    const shown = { status: view.status(), search: view.search(), sort: view.sort() }
    return `/board${writeBoardQuery({ orderId: link().orderId, ...shown, ...change })}`
  }

  const go = (change: Partial<BoardLink>, replace: boolean) =>
    navigate(href(change), { replace, scroll: false })

  createRenderEffect(
    on(
      // On the way to another page the address is that page's.
      () => (location.pathname === '/board' ? link() : null),
      // What is about to be in the address is newer.
      (next) => next !== null && following === null && view.show(next),
    ),
  )
  onCleanup(stopFollowing)

  return {
    show(change) {
      view.show(change)
      follow(SOON_MS, () => false)
    },
    type(search) {
      view.show({ search })
      // Each letter is no step of its own: back leads to before the search.
      follow(SEARCH_PAUSE_MS, () => (link().search === '') === (view.search() === ''))
    },
    opened: () => link().orderId,
    open(orderId) {
      stopFollowing()
      untrack(() => go({ orderId }, link().orderId !== null && orderId !== null))
    },
    hrefOf: (orderId) => href({ orderId }),
  }
}
