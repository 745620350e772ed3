import { onCleanup } from 'solid-js'

const heights = new Map<HTMLElement, number>()

function tell(): void {
  const height = Math.max(0, ...heights.values())
  document.documentElement.style.setProperty('--docked', `${height}px`)
}

/**
 * Owned; for `ref`. The element stands at the lower edge of the window: toasts stay above it, by
 * the custom property `--docked`.
 */
export function docked(element: HTMLElement): void {
  const watcher = new ResizeObserver(() => {
    heights.set(element, element.offsetHeight)
    tell()
  })
  watcher.observe(element)
  onCleanup(() => {
    watcher.disconnect()
    heights.delete(element)
    tell()
  })
}
