import { createSignal, onCleanup } from 'solid-js'

const heights = new Map<HTMLElement, number>()
const [height, setHeight] = createSignal(0)

/** Reactive: pixels at the lower edge of the window that are taken. Toasts stay above them. */
export const dockedHeight = height

const tell = () => setHeight(Math.max(0, ...heights.values()))

/** Owned; for `ref`. The element stands at the lower edge of the window. */
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
