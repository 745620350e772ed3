/**
 * Puts what an element shows on the clipboard. False where the browser does not let the page: then the
 * text is selected, for whoever copies it by key.
 */
export async function copyText(shown: HTMLElement): Promise<boolean> {
  // Only secure origins have one.
  if ('clipboard' in navigator) {
    const written = navigator.clipboard.writeText(shown.textContent ?? '')
    const isWritten = await written.then(
      () => true,
      () => false,
    )
    if (isWritten) return true
  }
  window.getSelection()?.selectAllChildren(shown)
  return document.execCommand('copy')
}
