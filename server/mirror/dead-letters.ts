import { AppError } from '../errors'
import { type Kafka, type KafkaRecord, partitionName } from '../kafka/kafka'
import { readDeadLetter, type StoredDeadLetter } from './dead-letter'
import { newestFirst } from './newest-first'
import { redriveRecords, redrivenId, wholeLetter } from './redrive'

/** A dead letter that lies in its topic. */
export interface DeadLetterEntry {
  /** Its place in the topic of dead letters: `partition@offset`. */
  readonly id: string
  /** When it was put there, milliseconds since the epoch. */
  readonly at: number
  readonly letter: StoredDeadLetter
  /** Null where neither value nor key tells. */
  readonly orderId: string | null
  /** When it was last sent back to where it came from, milliseconds since the epoch; null: never. */
  readonly redrivenAt: number | null
}

/** What people do with dead letters. Everything rejects with an `AppError` while Kafka is away. */
export interface DeadLetters {
  /** Newest first; those with this reason alone, where one is given. */
  entries(reason?: string): AsyncIterable<DeadLetterEntry>
  /** Rejects with `no_such_dead_letter` (404) where `id` names none. */
  find(id: string): Promise<DeadLetterEntry>
  /**
   * Sends the record back to its topic as it was, with one header more that names the letter, and
   * notes that in the topic of dead letters. Whether it was done before is the caller's to look.
   * Rejects with `no_such_dead_letter` (404), or `dead_letter_cut` (409) where only a part of the
   * record was kept and its source does not hold it any more.
   */
  redrive(id: string): Promise<void>
}

type Door = Pick<Kafka, 'spans' | 'read' | 'producer'>

export function createDeadLetters(kafka: Door, topic: string): DeadLetters {
  const producer = kafka.producer()

  async function* entries(reason?: string): AsyncGenerator<DeadLetterEntry> {
    // A letter's note lies behind it in the same partition, so it is read before it.
    const redriven = new Map<string, number>()
    for await (const { partition, record } of newestFirst(kafka, topic)) {
      const note = redrivenId(record)
      if (note !== null && !redriven.has(note)) redriven.set(note, record.timestamp)
      const entry = entryOf(partition, record, redriven)
      if (entry && (reason === undefined || entry.letter.reason === reason)) yield entry
    }
  }

  async function recordOf(id: string): Promise<KafkaRecord> {
    const [partition, offset] = placeOf(id)
    const span = (await kafka.spans([topic])).get(partitionName({ topic, partition }))
    const [record] = span ? await kafka.read(span, offset, 1) : []
    if (record?.offset !== offset) throw noSuchLetter(id)
    return record
  }

  return {
    entries,

    async find(id) {
      const record = await recordOf(id)
      const [partition] = placeOf(id)
      const redriven = new Map<string, number>()
      for await (const later of newestFirst(kafka, topic, { partition, from: record.offset })) {
        if (redrivenId(later.record) === id) {
          redriven.set(id, later.record.timestamp)
          break
        }
      }
      const entry = entryOf(partition, record, redriven)
      if (!entry) throw noSuchLetter(id)
      return entry
    },

    async redrive(id) {
      const record = await recordOf(id)
      const letter = readDeadLetter(record)
      if (!letter) throw noSuchLetter(id)
      const whole = await wholeLetter(kafka, letter)
      const { back, note } = redriveRecords(whole, { topic, id, key: record.key })
      await producer.send([back])
      await producer.send([note])
    },
  }
}

function entryOf(
  partition: number,
  record: KafkaRecord,
  redriven: ReadonlyMap<string, number>,
): DeadLetterEntry | null {
  const letter = readDeadLetter(record)
  if (!letter) return null
  const id = `${partition}@${record.offset}`
  return {
    id,
    at: record.timestamp,
    letter,
    orderId: orderIdOf(letter),
    redrivenAt: redriven.get(id) ?? null,
  }
}

/** As its value says, or else its key, which is an order's id by convention. */
function orderIdOf({ key, value }: StoredDeadLetter): string | null {
  try {
    const { orderId } = JSON.parse(String(value)) as { readonly orderId?: unknown }
    if (typeof orderId === 'string' || typeof orderId === 'number') return String(orderId)
  } catch {
    // That it is no JSON may be why it lies here.
  }
  const text = key?.toString() ?? ''
  return /^[\p{L}\p{N}\p{P}\p{S}]{1,200}$/u.test(text) && !text.includes('\ufffd') ? text : null
}

function placeOf(id: string): readonly [partition: number, offset: number] {
  const match = /^(\d{1,9})@(\d{1,15})$/.exec(id)
  if (!match) throw noSuchLetter(id)
  return [Number(match[1]), Number(match[2])]
}

function noSuchLetter(id: string): AppError {
  return new AppError(
    'no_such_dead_letter',
    404,
    `There is no dead letter ${id}: expected an id as the list shows it, such as 0@17.`,
  )
}
