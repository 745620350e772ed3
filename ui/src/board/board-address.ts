import { useLocation, useNavigate } from '@solidjs/router'
import { batch, createRenderEffect, createSignal, on, onCleanup, untrack } from 'solid-js'
import { SEARCH_PAUSE_MS, type BoardQuery, type BoardView } from '../stores/board-view'
import { afterFrame } from './after-frame'
import { readBoardQuery, writeBoardQuery } from './board-link'

/** The address of the board says what is shown, so that it can be sent on, and back leads back. */
export interface BoardAddress {
  /** Shows something else at once; the address follows, and back leads to what is shown now. */
  readonly show: (change: Partial<BoardQuery>) => void
  /** Searches as soon as what is typed is seen; the address follows when the typing pauses. */
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

/**
 * Owned. What is shown follows the address, whoever changed it; and the address what the reader asks for
 * here, after it has been drawn: to change an address takes as long as to draw a list.
 */
export function createBoardAddress(view: BoardView): BoardAddress {
  const location = useLocation()
  const navigate = useNavigate()
  const address = () => readBoardQuery(location.search)
  const [opened, setOpened] = createSignal(address().orderId)
  /** Cancels that the address follows what is shown; null where it says that. */
  let following: (() => void) | null = null

  /** What was typed last, and is not sought yet. */
  let typed: { readonly search: string; readonly cancel: () => void } | null = null

  function seek(): void {
    if (!typed) return
    const { search, cancel } = typed
    cancel()
    typed = null
    view.show({ search })
    // Each letter is no step of its own: back leads to before the search.
    follow(afterPause, () => (address().search === '') === (view.search() === ''))
  }

  function stopFollowing(): void {
    following?.()
    following = null
  }

  function href(orderId: string | null): string {
    const [status, search, sort] = [view.status(), view.search(), view.sort()]
    return `/board${writeBoardQuery({ status, search, sort, orderId })}`
  }

  /**
   * What is asked for until then goes with it.
   * @param replaces whether the way back leads past what the address says now
   */
  function follow(when: (work: () => void) => () => void, replaces: () => boolean): void {
    stopFollowing()
    following = when(() => {
      following = null
      untrack(() => navigate(href(opened()), { replace: replaces(), scroll: false }))
    })
  }

  createRenderEffect(
    on(
      // On the way to another page the address is that page's.
      () => (location.pathname === '/board' ? address() : null),
      (next) => {
        // What is about to be in the address is newer.
        if (next === null || following !== null) return
        batch(() => {
          view.show(next)
          setOpened(next.orderId)
        })
      },
    ),
  )
  onCleanup(() => {
    typed?.cancel()
    stopFollowing()
  })

  return {
    show(change) {
      seek()
      view.show(change)
      follow(afterFrame, () => false)
    },
    type(search) {
      typed?.cancel()
      // The letter stands there first; the list of thousands comes after it.
      typed = { search, cancel: afterFrame(seek) }
    },
    opened,
    open(orderId) {
      seek()
      setOpened(orderId)
      // From one order to the next is no step of its own.
      follow(afterFrame, () => address().orderId !== null && orderId !== null)
    },
    hrefOf: href,
  }
}
