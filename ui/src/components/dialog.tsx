import type { JSX } from 'solid-js'
import { createUniqueId, onCleanup, onMount } from 'solid-js'

/**
 * A modal dialog that is open as long as it is mounted: native, so focus stays inside, Escape
 * closes it, and focus returns to where it was.
 */
export function Dialog(props: {
  readonly title: string
  readonly onClose: () => void
  readonly children: JSX.Element
}): JSX.Element {
  const titleId = createUniqueId()
  let dialog!: HTMLDialogElement
  onMount(() => dialog.showModal())
  // Closed while it is still in the page: one that is only taken out keeps the focus to itself.
  onCleanup(() => dialog.close())

  function closeOnBackdrop(event: MouseEvent): void {
    if (event.target === dialog) dialog.close()
  }

  return (
    <dialog
      ref={(element) => (dialog = element)}
      aria-labelledby={titleId}
      onClose={() => props.onClose()}
      onClick={closeOnBackdrop}
      class="w-[min(28rem,calc(100vw-2rem))] rounded-2xl border border-line bg-surface p-0 text-ink shadow-2 backdrop:bg-[oklch(0.15_0.02_265/0.5)]"
    >
      <div class="flex flex-col gap-4 p-6">
        <h2 id={titleId} class="text-lg font-semibold">
          {props.title}
        </h2>
        {props.children}
      </div>
    </dialog>
  )
}
