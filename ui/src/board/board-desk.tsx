import { createContext, createSignal, onCleanup, useContext } from 'solid-js'
import type { OrderStatus } from '../../../server/protocol/order-status'
import type { Board } from '../stores/board'
import { isServerOrder } from '../stores/board-sort'
import { createBoardAddress, type BoardAddress } from './board-address'
import { createCalmList } from './calm-list'
import { createSwitch, type Switch } from './board-settings'
import { createHeldRows, type HeldRows } from './held-rows'
import type { RowFocus } from './row-focus'
import { createRowSelection, type RowSelection } from './row-selection'

/** An order, and the version on which the reader based a choice. */
export interface SeenOrder {
  readonly orderId: string
  readonly seenVersion: number
}

/** What the parts of the board share: the orders, what of them is shown, and what is done to them. */
export interface BoardDesk {
  readonly board: Board
  readonly address: BoardAddress
  readonly rows: HeldRows
  /** Reactive: how many orders there are of the status chosen; null where a search leaves some of them. */
  readonly total: () => number | null
  readonly selection: RowSelection
  /** Holds the change; before orders are cancelled, asks. */
  readonly choose: (status: OrderStatus, orders: readonly SeenOrder[]) => void
  /** Reactive: what it is asked about; null for nothing. */
  readonly cancelling: () => readonly SeenOrder[] | null
  /** The answer: the reason, or null to keep the orders. Where it is not held, it is asked about still. */
  readonly answerCancel: (reason: string | null) => void
  /** Whether single keys do something. */
  readonly keys: Switch
  /** Reactive: what the keys do is being told. */
  readonly help: () => boolean
  readonly setHelp: (shown: boolean) => void
  /** Reactive: null while no rows are shown. */
  readonly rowFocus: () => RowFocus | null
  readonly setRowFocus: (focus: RowFocus | null) => void
}

const DeskContext = createContext<BoardDesk>()
export const BoardDeskProvider = DeskContext.Provider

/** Owned. */
export function createBoardDesk(board: Board): BoardDesk {
  const { view } = board
  const asked = () => [view.shows(), view.sort(), board.listing().reach()]
  const list = createCalmList(board.ids, asked)
  const rows = createHeldRows(list, board.peek, () => isServerOrder(view.sort()))
  const selection = createRowSelection(rows.shown, (id) => board.peek(id)?.version ?? 0)
  const [cancelling, setCancelling] = createSignal<readonly SeenOrder[] | null>(null)
  const [help, setHelp] = createSignal(false)
  const [rowFocus, setRowFocus] = createSignal<RowFocus | null>(null)
  onCleanup(board.changes.attend())

  /** What is not held is still selected, for another attempt. */
  function hold(status: OrderStatus, orders: readonly SeenOrder[], reason = ''): boolean {
    const wanted = orders.map((order) => ({ ...order, status, ...(reason && { reason }) }))
    const isHeld = board.changes.hold(wanted)
    if (isHeld) selection.clear()
    return isHeld
  }

  function total(): number | null {
    const figures = board.figures.stats()?.all
    if (!figures || board.view.search().trim() !== '') return null
    const status = board.view.status()
    return status === null ? figures.orders : figures.byStatus[status]
  }

  return {
    board,
    total,
    address: createBoardAddress(board.view),
    rows,
    selection,
    choose(status, orders) {
      if (status === 'cancelled') setCancelling(orders)
      else hold(status, orders)
    },
    keys: createSwitch('board-keys', true),
    help,
    setHelp,
    rowFocus,
    setRowFocus,
    cancelling,
    answerCancel(reason) {
      const orders = cancelling()
      const asksOn = orders !== null && reason !== null && !hold('cancelled', orders, reason)
      if (!asksOn) setCancelling(null)
    },
  }
}

export function useDesk(): BoardDesk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('Expected a BoardDeskProvider above.')
  return desk
}
