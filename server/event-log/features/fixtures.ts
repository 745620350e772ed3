import { expect } from 'bun:test'
import type { Cursor } from '../../protocol/cursor'
import { cursorOf } from '../entry'
import type {
  AppendOutcome,
  Checkpoint,
  EventEntry,
  EventLog,
  LogEntry,
  OrderEvent,
  Replay,
} from '../event-log'

/** An empty log to try things on, and what only its implementation can do to it. */
export interface LogUnderTest {
  readonly log: EventLog
  /** Runs retention so that only the newest `entries` stay (at least one does). */
  readonly trimTo: (entries: number) => Promise<void>
  readonly cleanup: () => Promise<void>
}

export const PARTITION = 'order.created-0'
/** Bounds for `newest` that bound nothing. */
export const EVERYTHING = [100_000, 1e9] as const
const DEADLINE_MS = 10_000

export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index)
}

export function checkpoint(offset: number): Checkpoint {
  return { offset, fingerprint: `print-${offset}` }
}

export function dataOf(offset: number, filling = ''): string {
  return JSON.stringify({ offset, filling })
}

export function record(offset: number, customer: string | null, filling = '') {
  const event: OrderEvent = {
    name: 'updated',
    customer,
    data: dataOf(offset, filling),
    staffOnly: '',
  }
  return { ...checkpoint(offset), event }
}

export function deadLetter(offset: number) {
  return { ...checkpoint(offset), event: null }
}

export async function append(
  log: EventLog,
  expected: Checkpoint | null,
  ...records: (Checkpoint & { event: OrderEvent | null })[]
): Promise<AppendOutcome | undefined> {
  return (await log.append([{ partition: PARTITION, expected, records }]))[0]
}

export function appended(entries: number, at: Checkpoint | null): AppendOutcome {
  return { outcome: 'appended', entries, checkpoint: at }
}

export function rewind(at: Checkpoint | null): AppendOutcome {
  return { outcome: 'rewind', checkpoint: at }
}

export function refused(reason: Extract<Replay, { ok: false }>['reason']): Replay {
  return { ok: false, reason }
}

export async function events(log: EventLog): Promise<EventEntry[]> {
  return (await log.newest(...EVERYTHING)).filter((entry) => entry.kind === 'event')
}

export async function datas(log: EventLog): Promise<string[]> {
  return (await events(log)).map(({ event }) => event.data)
}

export async function headOf(log: EventLog): Promise<Cursor> {
  return cursorOf((await log.newest(1, 1e9))[0]!)
}

export function kindOrOffset(entry: LogEntry): number | string {
  return entry.kind === 'event' ? Number(JSON.parse(entry.event.data).offset) : entry.kind
}

export function offsets(replay: Replay): (number | string)[] | Replay {
  return replay.ok ? replay.entries.map(kindOrOffset) : replay
}

/** Why the promise rejected; fails when it does not. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  const resolved = Symbol('resolved')
  const outcome = await promise.then(
    () => resolved,
    (reason: unknown) => reason,
  )
  expect(outcome).not.toBe(resolved)
  return outcome
}

/** Why each of them rejected, with nobody left unheard meanwhile. */
export function reasonsOf(promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  return Promise.all(promises.map(reasonOf))
}

/** Asks until the answer is yes; fails at the deadline. */
export async function until(ask: () => Promise<boolean>, deadlineMs = DEADLINE_MS): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await ask())) {
    if (performance.now() > deadline) throw new Error(`not in ${deadlineMs} ms: ${ask.toString()}`)
    await Bun.sleep(1)
  }
}

/** Each entry names the tag before it, the event before it, and its customer's event before it. */
export function expectLinked(entries: readonly LogEntry[]): void {
  const lastOf = new Map<string, Cursor>()
  let before: LogEntry | undefined
  let lastEvent: Cursor | undefined
  for (const entry of entries) {
    if (before) expect(entry.prevTag).toBe(before.tag)
    if (entry.kind === 'event') {
      if (lastEvent) expect(['', lastEvent]).toContain(entry.prevEvent)
      const { customer } = entry.event
      const last = customer === null ? undefined : lastOf.get(customer)
      if (last) expect(['', last]).toContain(entry.prevOfCustomer)
      lastEvent = cursorOf(entry)
      if (customer !== null) lastOf.set(customer, lastEvent)
    }
    before = entry
  }
}

/** A tail that is read one batch at a time; waiting has a deadline. */
export function startTail(log: EventLog, after: Cursor) {
  const abort = new AbortController()
  const iterator = log.tail(after, abort.signal)[Symbol.asyncIterator]()
  // Asked at once, so that the tail runs from now on. Whoever waits for it sees it fail.
  let running: Promise<IteratorResult<readonly LogEntry[]>> | undefined = iterator.next()
  running.catch(() => {})

  const next = async (): Promise<readonly LogEntry[]> => {
    running ??= iterator.next()
    const result = await within(running)
    running = undefined
    if (result.done) throw new Error('the tail ended')
    return result.value
  }
  return {
    next,
    async take(count: number): Promise<LogEntry[]> {
      const entries: LogEntry[] = []
      while (entries.length < count) entries.push(...(await next()))
      return entries
    },
    async stop(): Promise<void> {
      running ??= iterator.next()
      abort.abort()
      const result = await within(running)
      expect(result.done).toBe(true)
    },
  }
}

async function within<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${DEADLINE_MS} ms`)), DEADLINE_MS)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}

/** Appends the records `from` to `to`, both too, one call each; answers the cursors of their entries. */
export async function fill(log: EventLog, from: number, to: number): Promise<Cursor[]> {
  const cursors: Cursor[] = []
  for (let offset = from; offset <= to; offset += 1) {
    const expected = offset === 0 ? null : checkpoint(offset - 1)
    expect(await append(log, expected, record(offset, `c${offset % 3}`))).toEqual(
      appended(1, checkpoint(offset)),
    )
    cursors.push(await headOf(log))
  }
  return cursors
}

/** The log holds these first records and nothing else, and its checkpoint is that of the newest. */
export async function expectWhole(log: EventLog, events: number): Promise<void> {
  const entries = await log.newest(...EVERYTHING)
  expectLinked(entries)
  expect(entries.map(kindOrOffset)).toEqual(['open', ...range(events)])
  const newest = events === 0 ? [] : [[PARTITION, checkpoint(events - 1)] as const]
  expect(await log.checkpoints()).toEqual(new Map(newest))
}
