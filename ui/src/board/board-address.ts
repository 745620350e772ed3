import { useLocation, useNavigate } from '@solidjs/router'
import { batch, createRenderEffect, on, onCleanup, untrack } from 'solid-js'
import { SEARCH_PAUSE_MS, type BoardQuery, type BoardView } from '../stores/board-view'
import { readBoardQuery, writeBoardQuery, type BoardLink } from './board-link'

/** The address of the board says what is shown, so that it can be sent on, and back leads back. */
export interface BoardAddress {
  /** Shows something else; the way back leads to what is shown now. */
  readonly show: (change: Partial<BoardQuery>) => void
  /** Searches at once; the address follows when the typing pauses. */
  readonly type: (search: string) => void
  /** Reactive: the order that is opened beside the list. */
  readonly opened: () => string | null
  readonly open: (orderId: string | null) => void
  /** Reactive: the address that `open` leads to. */
  readonly hrefOf: (orderId: string) => string
}

/** Owned. The address leads: the view follows it, whoever changed it. */
export function createBoardAddress(view: BoardView): BoardAddress {
  const location = useLocation()
  const navigate = useNavigate()
  const link = () => readBoardQuery(location.search)
  let typing: ReturnType<typeof setTimeout> | null = null

  function stopTyping(): void {
    if (typing !== null) clearTimeout(typing)
    typing = null
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
      (next) => {
        if (next === null) return
        batch(() => {
          view.setStatus(next.status)
          view.setSort(next.sort)
          // What is being typed is newer than the address.
          if (typing === null) view.setSearch(next.search)
        })
      },
    ),
  )
  onCleanup(stopTyping)

  return {
    show(change) {
      stopTyping()
      untrack(() => go(change, false))
    },
    type(search) {
      stopTyping()
      view.setSearch(search)
      typing = setTimeout(() => {
        typing = null
        // Each letter is no step of its own: back leads to before the search.
        untrack(() => go({ search }, (link().search === '') === (search === '')))
      }, SEARCH_PAUSE_MS)
    },
    opened: () => link().orderId,
    open(orderId) {
      stopTyping()
      untrack(() => go({ orderId }, link().orderId !== null && orderId !== null))
    },
    hrefOf: (orderId) => href({ orderId }),
  }
}
