import { useLocation, useNavigate } from '@solidjs/router'
import { createRenderEffect, on, onCleanup, untrack } from 'solid-js'
import { SEARCH_PAUSE_MS, type BoardQuery, type BoardView } from '../stores/board-view'
import { afterFrame } from './after-frame'
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

function afterPause(work: () => void): () => void {
  const timer = setTimeout(work, SEARCH_PAUSE_MS)
  return () => clearTimeout(timer)
}

/** Owned. The view follows the address, whoever changed it; and the address what the reader asks for here. */
export function createBoardAddress(view: BoardView): BoardAddress {
  const location = useLocation()
  const navigate = useNavigate()
  const link = () => readBoardQuery(location.search)
  /** Cancels that the address follows the view; null where it says what is shown. */
  let following: (() => void) | null = null

  function stopFollowing(): void {
    following?.()
    following = null
  }

  /**
   * What is asked for until then goes with it.
   * @param replaces whether the way back leads past what the address says now
   */
  function follow(when: (work: () => void) => () => void, replaces: () => boolean): void {
    stopFollowing()
    following = when(() => {
      following = null
      untrack(() => go({}, replaces()))
    })
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
      // To change it takes a while: the list comes first.
      follow(afterFrame, () => false)
    },
    type(search) {
      view.show({ search })
      // Each letter is no step of its own: back leads to before the search.
      follow(afterPause, () => (link().search === '') === (view.search() === ''))
    },
    opened: () => link().orderId,
    open(orderId) {
      stopFollowing()
      untrack(() => go({ orderId }, link().orderId !== null && orderId !== null))
    },
    hrefOf: (orderId) => href({ orderId }),
  }
}
