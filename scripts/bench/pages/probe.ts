/** What is noted inside the page that is measured. */
export interface ProbeNotes {
  /** Times of all frames, milliseconds since the page began. */
  readonly frames: readonly number[]
  /** Frames that the browser itself calls long: their durations. */
  readonly longFrames: readonly LongFrame[]
  readonly inputs: readonly InputNote[]
  /** By the browser's own measure, from the input to the presented frame; from 16 ms on, in steps of 8. */
  readonly eventTimings: readonly { readonly name: string; readonly ms: number }[]
  /** First time that a status of an order stood in a painted row: milliseconds since the epoch. */
  readonly painted: readonly {
    readonly orderId: string
    readonly status: string
    readonly at: number
  }[]
}

export interface LongFrame {
  readonly at: number
  readonly ms: number
  readonly scripts: readonly string[]
}

/** From an input's own time to the moment after the frame that it led to. */
export interface InputNote {
  readonly kind: 'click' | 'key' | 'scroll'
  readonly ms: number
  /** What was hit, for people. */
  readonly on: string
}

export interface Probe {
  /** @param what.painted also looks at the rows after each frame */
  start(what: { readonly painted: boolean }): void
  stop(): ProbeNotes
}

declare global {
  interface Window {
    benchProbe: Probe
  }
  interface Scheduler {
    postTask(task: () => void, options: { priority: 'user-blocking' }): Promise<void>
  }
  // eslint-disable-next-line no-var
  var scheduler: Scheduler
}

/** Runs in the page, before its own scripts; uses nothing from outside of itself. */
export function installProbe(): void {
  interface LongFrameEntry extends PerformanceEntry {
    readonly scripts: readonly { invoker: string; duration: number }[]
  }
  const empty = {
    frames: [] as number[],
    longFrames: [] as LongFrame[],
    inputs: [] as InputNote[],
    eventTimings: [] as { name: string; ms: number }[],
    painted: [] as { orderId: string; status: string; at: number }[],
  }
  let notes = structuredClone(empty)
  let running = false
  let looksAtRows = false
  const known = new Map<string, string>()

  /** Of all tasks that wait, this one runs first. */
  function afterPaint(work: () => void): void {
    requestAnimationFrame(() => void scheduler.postTask(work, { priority: 'user-blocking' }))
  }

  function lookAtRows(note: boolean): void {
    const at = performance.timeOrigin + performance.now()
    for (const row of document.querySelectorAll<HTMLElement>('[data-row]')) {
      const orderId = row.dataset.row!
      const status = row.querySelector<HTMLElement>('[data-status]')?.dataset.status
      if (status === undefined || known.get(orderId) === status) continue
      known.set(orderId, status)
      if (note) notes.painted.push({ orderId, status, at })
    }
  }

  function onFrame(): void {
    if (!running) return
    notes.frames.push(performance.now())
    if (looksAtRows) afterThisFrame(() => lookAtRows(true))
    requestAnimationFrame(onFrame)
  }
  function afterThisFrame(work: () => void): void {
    void scheduler.postTask(work, { priority: 'user-blocking' })
  }

  function measure(kind: InputNote['kind'], from: number, target: EventTarget | null): void {
    if (!running) return
    const on = target instanceof Element ? describe(target) : 'page'
    afterPaint(() => notes.inputs.push({ kind, ms: performance.now() - from, on }))
  }
  function describe(element: Element): string {
    for (const name of [
      'data-open-order',
      'data-board-search',
      'data-filter',
      'data-tile',
      'aria-pressed',
    ])
      if (element.closest(`[${name}]`)) return name
    return element.tagName.toLowerCase()
  }

  let typedAt = 0
  let wheeledAt = 0
  const early = { capture: true, passive: true } as const
  let clickedAt = 0
  function onClick({ timeStamp, target }: MouseEvent): void {
    // That of a label is followed by its input's.
    if (timeStamp - clickedAt > 5) measure('click', timeStamp, target)
    clickedAt = timeStamp
  }
  addEventListener('click', onClick, early)
  function onKey({ timeStamp, target, key }: KeyboardEvent): void {
    const types = target instanceof HTMLInputElement && /search|text/.test(target.type)
    if (types && (key.length === 1 || key === 'Backspace')) typedAt = timeStamp
    else measure('key', timeStamp, target)
  }
  addEventListener('keydown', onKey, early)
  addEventListener(
    'input',
    ({ target }) => {
      if (typedAt > 0) measure('key', typedAt, target)
      typedAt = 0
    },
    early,
  )
  // The page has scrolled in the frame in which `scroll` is fired.
  addEventListener('wheel', ({ timeStamp }) => (wheeledAt = timeStamp), early)
  addEventListener(
    'scroll',
    () => {
      if (wheeledAt > 0) measure('scroll', wheeledAt, null)
      wheeledAt = 0
    },
    early,
  )

  new PerformanceObserver((list) => {
    if (!running) return
    for (const entry of list.getEntries() as LongFrameEntry[])
      notes.longFrames.push({
        at: entry.startTime,
        ms: entry.duration,
        scripts: entry.scripts.map((script) => `${script.invoker} ${Math.round(script.duration)}`),
      })
  }).observe({ type: 'long-animation-frame' })
  new PerformanceObserver((list) => {
    if (!running) return
    for (const { name, duration } of list.getEntries())
      notes.eventTimings.push({ name, ms: duration })
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)

  window.benchProbe = {
    start({ painted }) {
      notes = structuredClone(empty)
      known.clear()
      looksAtRows = painted
      if (painted) lookAtRows(false)
      running = true
      requestAnimationFrame(onFrame)
    },
    stop() {
      running = false
      return notes
    },
  }
}
