import { AppError } from '../errors'
import type { Checkpoint, OrderEvent } from '../event-log/event-log'
import type { TopicPartition } from '../kafka/kafka'
import type { Projection } from '../orders/projection'
import { pause } from '../lib/pause'
import { letterOf, type ReadRecord } from './chunk'
import type { DeadLetter } from './dead-letter'
import { tooBig } from './normalize'
import type { Stall } from './stall'
import { retryMs, type Pace } from './pace'

/** Whoever has records projected. */
export interface Projecting {
  readonly at: TopicPartition
  readonly name: string
  /** Nobody waits for the outcome any more when it says no. */
  readonly isCurrent: () => boolean
  readonly projected: () => Checkpoint | null
  readonly sendLetters: (letters: readonly DeadLetter[]) => Promise<boolean>
  readonly stall: Stall
}

/** `void`: nobody waits any more. `rewind`: the tables hold less than was known. */
export type Projected = readonly (OrderEvent | null)[] | 'void' | 'rewind'

export type Project = (records: readonly ReadRecord[], by: Projecting) => Promise<Projected>

/** Tries that a record gets whose failure may be the store's. */
const TRIES = 5

/**
 * Folds records into the tables and answers the whole orders for the log. Tries until the tables can
 * be reached. A record that they refuse alone, whatever is tried, is a dead letter: it must not hold
 * up those behind it.
 */
export function createProject(
  projection: Projection,
  maxEventBytes: number,
  stopped: AbortSignal,
  pace: Pace,
): Project {
  async function apply(records: readonly ReadRecord[], by: Projecting): Promise<Projected> {
    for (let failures = 1; by.isCurrent(); failures += 1) {
      try {
        const events = await projection.apply(by.name, records.map(foreignRecord), by.projected())
        by.stall.end()
        return events
      } catch (error) {
        if (error instanceof AppError && error.code === 'projection_rewind') return 'rewind'
        if (!isTemporary(error)) {
          if (records.length > 1) return applyHalves(records, by)
          const isRefused = error instanceof AppError || failures >= TRIES
          if (isRefused && records[0]?.foreign) return giveUp(records[0], error, by)
        }
        by.stall.begin(error, 'events cannot be projected')
        await pause(retryMs(pace, failures), stopped)
      }
    }
    return 'void'
  }

  async function applyHalves(records: readonly ReadRecord[], by: Projecting): Promise<Projected> {
    const middle = records.length >> 1
    const first = await apply(records.slice(0, middle), by)
    if (typeof first === 'string') return first
    const second = await apply(records.slice(middle), by)
    return typeof second === 'string' ? second : [...first, ...second]
  }

  async function giveUp(read: ReadRecord, error: unknown, by: Projecting): Promise<Projected> {
    const why = error instanceof Error ? error.message : String(error)
    const detail = `The orders' tables refuse it (${why}).`
    const letter = letterOf(by.at, read.record, { reason: 'invalid', detail })
    if (!(await by.sendLetters([letter]))) return 'void'
    return apply([{ ...read, foreign: null }], by)
  }

  /** What many small events made of an order can be too long for the log all the same. */
  async function bound(
    records: readonly ReadRecord[],
    events: readonly (OrderEvent | null)[],
    by: Projecting,
  ): Promise<Projected> {
    const letters: DeadLetter[] = []
    const bounded = events.map((event, place) => {
      const unfit = event && tooBig(event.data, event.staffOnly, maxEventBytes)
      if (!unfit) return event
      const { reason, message: detail } = unfit
      letters.push(letterOf(by.at, records[place]!.record, { reason, detail }))
      return null
    })
    if (letters.length > 0 && !(await by.sendLetters(letters))) return 'void'
    return bounded
  }

  return async (records, by) => {
    const events = await apply(records, by)
    return typeof events === 'string' ? events : bound(records, events, by)
  }
}

function foreignRecord({ record: { offset }, fingerprint, foreign }: ReadRecord) {
  return { offset, fingerprint, event: foreign }
}

function isTemporary(error: unknown): boolean {
  return error instanceof AppError && error.temporary
}
