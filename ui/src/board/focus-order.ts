import { isCovered } from './covered'

/** Frames in which what takes the focus away, as a dialog that closes, has done so. */
const PATIENCE_FRAMES = 12

/**
 * Puts the focus on the row of the first of these orders that is in the page: where whoever did
 * something to it goes on.
 */
export function focusOrder(...orderIds: readonly string[]): void {
  for (const orderId of orderIds) {
    const row = document.querySelector(`[data-row="${CSS.escape(orderId)}"]`)
    const target = row?.querySelector<HTMLElement>('[data-open-order]')
    if (!target) continue
    target.focus({ preventScroll: true })
    return
  }
}

/** The same where what was pressed goes away, and the focus with it; a dialog keeps its own. */
export function focusOrderIfLost(...orderIds: readonly string[]): void {
  let patience = PATIENCE_FRAMES
  function look(): void {
    if (document.activeElement === document.body && !isCovered()) focusOrder(...orderIds)
    else if (patience-- > 0) requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
