import type { Page } from 'playwright-core'

/** A line for each thing that is wrong with how the page as it is fits its window. */
export function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement
    const faults: string[] = []

    function name(element: Element): string {
      const text = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim()
      return `<${element.tagName.toLowerCase()}> “${text.replace(/\s+/g, ' ').slice(0, 50)}”`
    }

    /** What people see of it: nothing where it is hidden, or for those alone who hear it. */
    function isSeen(element: Element): boolean {
      const { width, height } = element.getBoundingClientRect()
      if (width <= 1 || height <= 1) return false
      return element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
    }

    function clips(style: CSSStyleDeclaration): boolean {
      return style.overflowX === 'hidden' || style.overflowX === 'clip'
    }

    // The part of it that no ancestor cuts off; null where nothing is left.
    function seenPart(element: Element): DOMRect | null {
      let { left, top, right, bottom } = element.getBoundingClientRect()
      for (let up = element.parentElement; up; up = up.parentElement) {
        if (up === root || getComputedStyle(up).overflowX === 'visible') continue
        const box = up.getBoundingClientRect()
        left = Math.max(left, box.left)
        top = Math.max(top, box.top)
        right = Math.min(right, box.right)
        bottom = Math.min(bottom, box.bottom)
      }
      return right - left > 1 && bottom - top > 1
        ? new DOMRect(left, top, right - left, bottom - top)
        : null
    }

    if (root.scrollWidth > root.clientWidth) {
      faults.push(`the page is ${root.scrollWidth} wide in a window of ${root.clientWidth}`)
    }

    for (const element of document.body.querySelectorAll('*')) {
      if (!(element instanceof HTMLElement) || !isSeen(element)) continue
      const style = getComputedStyle(element)
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      )
      const isWider = element.scrollWidth > element.clientWidth + 1
      // Dots say that there is more; a line clamp has them, too.
      const hasDots = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
      if (hasText && isWider && clips(style) && !hasDots) faults.push(`cut off: ${name(element)}`)
      if (element instanceof HTMLSelectElement && !fits(element)) {
        faults.push(`cut off: what is chosen, ${element.selectedOptions[0]?.text}`)
      }
      if (hasText && !hasDots && hangsOut(element)) faults.push(`hangs out: ${name(element)}`)
    }

    /** Out of the nearest box around it that has an edge to be seen. */
    function hangsOut(element: Element): boolean {
      let box: Element = element
      while (box !== root && parseFloat(getComputedStyle(box).borderLeftWidth) === 0) {
        box = box.parentElement ?? root
      }
      const { left, right } = box.getBoundingClientRect()
      return [...element.childNodes].some((node) => {
        if (node.nodeType !== Node.TEXT_NODE) return false
        const around = document.createRange()
        around.selectNodeContents(node)
        const text = around.getBoundingClientRect()
        return text.width > 1 && (text.right > right + 1 || text.left < left - 1)
      })
    }

    function fits(select: HTMLSelectElement): boolean {
      const style = getComputedStyle(select)
      const pen = document.createElement('canvas').getContext('2d')!
      pen.font = style.font
      const room =
        select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
      return pen.measureText(select.selectedOptions[0]?.text ?? '').width <= room + 1
    }

    // What lies over everything (a dialog, the header, toasts) is meant to.
    function layerOf(element: Element): Element | null {
      for (let up: Element | null = element; up; up = up.parentElement) {
        const { position, display } = getComputedStyle(up)
        if (position === 'fixed' || position === 'sticky' || display === 'contents') return up
      }
      return null
    }

    const controls = [...document.body.querySelectorAll('a[href], button, select, input')]
      .filter((control) => isSeen(control) && !control.closest('[inert], [aria-hidden="true"]'))
      .map((control) => ({ control, part: seenPart(control), layer: layerOf(control) }))
    for (const [index, one] of controls.entries()) {
      for (const other of controls.slice(index + 1)) {
        if (!one.part || !other.part || one.layer !== other.layer) continue
        if (one.control.contains(other.control) || other.control.contains(one.control)) continue
        const across =
          Math.min(one.part.right, other.part.right) - Math.max(one.part.left, other.part.left)
        const down =
          Math.min(one.part.bottom, other.part.bottom) - Math.max(one.part.top, other.part.top)
        // Touching is fine, and so is a rounding.
        if (across > 2 && down > 2) {
          faults.push(`one over the other: ${name(one.control)} and ${name(other.control)}`)
        }
      }
    }
    return faults
  })
}

/** A line for each stop of the Tab key, from where the focus is, that cannot be seen. */
export async function focusFaults(page: Page, stops: number): Promise<string[]> {
  const faults: string[] = []
  for (let stop = 0; stop < stops; stop++) {
    await page.keyboard.press('Tab')
    const fault = await page.evaluate(() => {
      const focused = document.activeElement
      // The browser's own controls come after the last one.
      if (!focused || focused === document.body) return 'end'
      const text = (focused.getAttribute('aria-label') ?? focused.textContent ?? '').trim()
      const name = `<${focused.tagName.toLowerCase()}> “${text.slice(0, 50)}”`

      // A label may wear the outline of what is in it.
      const wearers = [focused, focused.closest('label')].filter((one) => one !== null)
      const isOutlined = wearers.some((one) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(one)
        return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1
      })
      if (!isOutlined) return `no outline: ${name}`

      const shown = focused.getBoundingClientRect().width > 1 ? focused : wearers.at(-1)!
      const { left, top, width, height } = shown.getBoundingClientRect()
      const isThere = [0.1, 0.5, 0.9].some((across) =>
        [0.1, 0.5, 0.9].some((down) => {
          const found = document.elementFromPoint(left + width * across, top + height * down)
          return found !== null && (shown.contains(found) || found.contains(shown))
        }),
      )
      return isThere ? null : `out of sight: ${name}`
    })
    if (fault === 'end') break
    if (fault) faults.push(fault)
  }
  return faults
}
