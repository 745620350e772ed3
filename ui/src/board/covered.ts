/** A dialog is open: it has the keys and the focus. A popover is in the page also while it is closed. */
export function isCovered(): boolean {
  const open = 'dialog[open], [role="dialog"]:not([popover]), :popover-open'
  return document.querySelector(open) !== null
}
