import { onCleanup, onMount } from 'solid-js'
import type { BoardDesk } from './board-desk'
import { isCovered } from './covered'

/** Owned: keys that do something anywhere on the board, but while somebody types or a dialog is open. */
export function createBoardKeys(desk: BoardDesk): void {
  const actions: Readonly<Record<string, () => void>> = {
    '/': () => document.querySelector<HTMLElement>('[data-board-search]')?.focus(),
    j: () => desk.rowFocus()?.move(1),
    k: () => desk.rowFocus()?.move(-1),
    x() {
      const orderId = desk.rowFocus()?.current()
      if (orderId) desk.selection.toggle(orderId)
    },
    z: () => desk.board.changes.undo(),
    '?': () => desk.setHelp(true),
    Escape: () => desk.selection.clear(),
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const action = actions[event.key]
    if (!action || isTyping(event.target) || isCovered()) return
    // Who speaks to the computer, or hits keys by mistake, switches the letters off.
    if (event.key !== 'Escape' && !desk.keys.on()) return
    event.preventDefault()
    action()
  }

  onMount(() => {
    document.addEventListener('keydown', onKeyDown)
    onCleanup(() => document.removeEventListener('keydown', onKeyDown))
  })
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  const field = 'input:not([type="checkbox"], [type="radio"]), textarea, select, [contenteditable]'
  return target.matches(field)
}
