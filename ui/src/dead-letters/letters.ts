import { batch, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js'
import type { Api, DeadLetter, Page } from '../api'

const PAGE_SIZE = 50

/** `sent`: back to where it came from; `refused`: sent back, and here again as another letter. */
export type LetterState = 'waiting' | 'sent' | 'refused'

/** The dead letters of one reason, or of all: as many pages as were asked for. */
export interface Letters {
  /** Reactive, newest first; undefined until a first page is there. */
  readonly items: () => readonly DeadLetter[] | undefined
  /** Reactive: of those that are loaded. */
  readonly get: (id: string) => DeadLetter | undefined
  /** Reactive: why the newest ones could not be read; null when they could. */
  readonly error: () => unknown
  /** Reactive: when the newest ones were last read. */
  readonly readAt: () => Date | null
  /** Reactive: how many came since the first page of this list, for who cannot see them come. */
  readonly arrived: () => number
  readonly hasMore: () => boolean
  /** Reactive: older ones are on their way. */
  readonly loadingMore: () => boolean
  readonly moreError: () => unknown
  readonly loadMore: () => Promise<void>
  /** Reads the newest ones again, unless that is on its way. */
  readonly refresh: () => Promise<void>
  readonly markSent: (id: string, at: string) => void
  /** Reactive: the one that was sent back last; what is known of it otherwise is of before. */
  readonly lastSent: () => string | null
  readonly stateOf: (letter: DeadLetter) => LetterState
  /** Reactive: as which letter its record came back, if that one is loaded. */
  readonly refusedAs: (id: string) => string | null
}

/** Owned. @param reason reactive; null: all */
export function createLetters(api: Pick<Api, 'deadLetters'>, reason: () => string | null): Letters {
  const [items, setItems] = createSignal<readonly DeadLetter[]>()
  const [next, setNext] = createSignal<string | null>(null)
  const [error, setError] = createSignal<unknown>(null)
  const [moreError, setMoreError] = createSignal<unknown>(null)
  const [readAt, setReadAt] = createSignal<Date | null>(null)
  const [arrived, setArrived] = createSignal(0)
  const [loadingMore, setLoadingMore] = createSignal(false)
  // The same one may be sent once more.
  const [lastSent, setLastSent] = createSignal<string | null>(null, { equals: false })
  /** Aborted when another reason is asked for. */
  let asking = new AbortController()
  let reading: AbortSignal | null = null

  const byId = createMemo(() => new Map((items() ?? []).map((letter) => [letter.id, letter])))
  const returned = createMemo(
    () =>
      new Map((items() ?? []).flatMap(({ id, redriveOf }) => (redriveOf ? [[redriveOf, id]] : []))),
  )

  function load(from?: string): Promise<Page<DeadLetter>> {
    const only = reason()
    return api.deadLetters(
      { limit: PAGE_SIZE, ...(only && { reason: only }), ...(from && { next: from }) },
      asking.signal,
    )
  }

  function takeNewest(page: Page<DeadLetter>): void {
    const known = items()
    const merged = known && withNewest(known, page)
    if (known && merged) setArrived((count) => count + Math.max(0, merged.length - known.length))
    if (!merged || page.next === null) setNext(page.next)
    setItems(merged ?? page.items)
    setReadAt(new Date())
    setError(null)
  }

  async function refresh(): Promise<void> {
    const { signal } = asking
    if (reading === signal) return
    reading = signal
    try {
      const page = await load()
      if (!signal.aborted) batch(() => takeNewest(page))
    } catch (failure) {
      if (!signal.aborted) setError(failure)
    } finally {
      if (reading === signal) reading = null
    }
  }

  async function loadMore(): Promise<void> {
    const { signal } = asking
    const from = next()
    if (from === null || loadingMore()) return
    // Also where the list began anew meanwhile, so that what is missing between is asked for first.
    const isOfAnother = () => signal.aborted || next() !== from
    setLoadingMore(true)
    setMoreError(null)
    try {
      const page = await load(from)
      if (isOfAnother()) return
      batch(() => {
        const known = byId()
        setItems((all = []) => [...all, ...page.items.filter(({ id }) => !known.has(id))])
        setNext(page.next)
      })
    } catch (failure) {
      if (!isOfAnother()) setMoreError(failure)
    } finally {
      if (!signal.aborted) setLoadingMore(false)
    }
  }

  createEffect(
    on(reason, () => {
      asking = new AbortController()
      batch(() => {
        setItems(undefined)
        setNext(null)
        setError(null)
        setMoreError(null)
        setArrived(0)
        setLoadingMore(false)
      })
      const mine = asking
      onCleanup(() => mine.abort())
      void refresh()
    }),
  )

  return {
    items,
    get: (id) => byId().get(id),
    error,
    readAt,
    arrived,
    hasMore: () => next() !== null,
    loadingMore,
    moreError,
    loadMore,
    refresh,
    markSent: (id, at) =>
      batch(() => {
        setItems((all) =>
          all?.map((letter) => (letter.id === id ? { ...letter, redrivenAt: at } : letter)),
        )
        setLastSent(id)
      }),
    lastSent,
    stateOf({ id, redrivenAt }) {
      if (redrivenAt === null) return 'waiting'
      return returned().has(id) ? 'refused' : 'sent'
    },
    refusedAs: (id) => returned().get(id) ?? null,
  }
}

/**
 * The list once its newest page was read again: what is new comes on top, what is known keeps its
 * place. Null where page and list do not meet, so that something between them may be missing.
 */
export function withNewest(
  known: readonly DeadLetter[],
  page: Pick<Page<DeadLetter>, 'items' | 'next'>,
): readonly DeadLetter[] | null {
  if (page.next === null) return page.items
  const read = new Map(page.items.map((letter) => [letter.id, letter]))
  const ids = new Set(known.map(({ id }) => id))
  if (known.length > 0 && read.size > 0 && !page.items.some(({ id }) => ids.has(id))) return null
  const added = page.items.filter(({ id }) => !ids.has(id))
  return [...added, ...known.map((letter) => read.get(letter.id) ?? letter)]
}
