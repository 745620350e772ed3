import type { JSX } from 'solid-js'

/** What something is, in a word or two: with a tone of its own. */
export const BADGE =
  'inline-flex items-center gap-1.5 rounded-full py-0.5 pr-2.5 pl-2 text-sm font-medium whitespace-nowrap forced-colors:border'

export function BadgeDot(): JSX.Element {
  return (
    <span
      class="size-1.5 rounded-full bg-current forced-colors:bg-[CanvasText]"
      aria-hidden="true"
    />
  )
}
