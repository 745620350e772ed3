import { Content, Overlay, Portal, Root, Title } from '@kobalte/core/dialog'
import type { JSX } from 'solid-js'

/**
 * For a dialog's content. Its overlay catches the pointer already; to take it from the whole page, as
 * Kobalte does by itself, is to style every element of the page anew.
 */
export const LEAVES_PAGE = { disableOutsidePointerEvents: false }

/**
 * A modal dialog that is open as long as it is mounted: focus stays inside, Escape and a press beside
 * it close it, and focus returns to where it was. Toasts stay above it.
 * @param props.goOnAt where the focus goes if what had it went away meanwhile
 */
export function Dialog(props: {
  readonly title: string
  readonly onClose: () => void
  readonly goOnAt?: () => HTMLElement | null
  readonly children: JSX.Element
}): JSX.Element {
  const opener = document.activeElement
  // Without a trigger of its own, nobody else knows where focus was.
  const goBack = () => {
    const place = opener?.isConnected ? opener : props.goOnAt?.()
    if (place instanceof HTMLElement) place.focus({ preventScroll: true })
  }
  return (
    // Nothing is done to the page's own scrolling: its scrollbar would go, and all of it move.
    <Root
      open
      onOpenChange={(open) => {
        if (!open) props.onClose()
      }}
      preventScroll={false}
    >
      <Portal>
        <Overlay class="dialog-overlay fixed inset-0 z-30 bg-[oklch(0.15_0.02_265/0.5)]" />
        {/* One pixel too high: what has nothing to scroll lets the page below scroll. */}
        <div class="fixed inset-0 z-30 overflow-y-auto overscroll-contain [scrollbar-width:none]">
          <div class="grid min-h-[calc(100%+1px)] place-items-center p-4">
            <Content
              {...LEAVES_PAGE}
              class="dialog w-full max-w-md rounded-2xl border border-line bg-surface text-ink shadow-2 outline-none"
              onCloseAutoFocus={goBack}
            >
              <div class="flex flex-col gap-4 p-6">
                <Title class="text-lg font-semibold wrap-anywhere">{props.title}</Title>
                {props.children}
              </div>
            </Content>
          </div>
        </div>
      </Portal>
    </Root>
  )
}
