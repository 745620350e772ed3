import type { Page } from 'playwright-core'

/** A finger that comes down within this distance of the middle of something hits it. */
const REACH_PX = 21

/** A line for each control of the page that a finger may miss: it is lower or narrower than 44 pixels. */
export function fingerFaults(page: Page): Promise<string[]> {
  return page.evaluate((reach) => {
    const faults: string[] = []
    // The first ones stand for all of their kind.
    const controls = [...document.querySelectorAll<HTMLElement>('a[href], button, select, input')]
    for (const control of controls.filter(isPressed).slice(0, 40)) {
      // A box is pressed by its label.
      const target = control.closest('label') ?? control
      target.scrollIntoView({ block: 'center', behavior: 'instant' })
      const { left, top, width, height } = target.getBoundingClientRect()
      const [x, y] = [left + width / 2, top + height / 2]
      const isHit = (across: number, down: number) => {
        const found = document.elementFromPoint(x + across, y + down)
        return found !== null && target.contains(found)
      }
      const misses =
        (isHit(0, -reach) && isHit(0, reach) ? '' : ' is low') +
        (isHit(-reach, 0) && isHit(reach, 0) ? '' : ' is narrow')
      if (misses) faults.push(`${nameOf(control)}${misses}: ${width} × ${height}`)
    }
    return faults

    function isPressed(control: HTMLElement): boolean {
      const { width, height } = control.getBoundingClientRect()
      if (width <= 1 || height <= 1 || !control.checkVisibility()) return false
      if (control.closest('[inert], [aria-hidden="true"], [data-toast]')) return false
      // The link that skips the header comes by keyboard alone.
      return getComputedStyle(control).position !== 'fixed'
    }

    function nameOf(control: HTMLElement): string {
      const text = control.getAttribute('aria-label') ?? control.textContent ?? ''
      return `<${control.tagName.toLowerCase()}> “${text.trim().slice(0, 40)}”`
    }
  }, REACH_PX)
}
