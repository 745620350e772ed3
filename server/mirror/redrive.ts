import { AppError } from '../errors'
import { type Kafka, type KafkaRecord, type NewRecord, partitionName } from '../kafka/kafka'
import { REDRIVE_HEADER, type StoredDeadLetter } from './dead-letter'

/** On the note that lies behind a letter which was sent again: the letter's id. */
const REDRIVEN_HEADER = 'dead-letter.redriven'

interface Place {
  /** Of dead letters. */
  readonly topic: string
  readonly id: string
  /** Of the letter's own record. */
  readonly key: Buffer | null
}

type AddressedRecord = NewRecord & { readonly topic: string }

/**
 * `back` is the record as it was, with its time, which decides where it belongs among the events of
 * its order. `note` comes to lie in the letter's partition, as it has its key.
 */
export function redriveRecords(
  { source, key, value, headers, timestamp }: WholeRecord,
  place: Place,
): { readonly back: AddressedRecord; readonly note: AddressedRecord } {
  const letter = `${place.topic}/${place.id}`
  const own = Object.entries(headers).flatMap(([name, held]) => (held ? [[name, held]] : []))
  return {
    back: {
      topic: source.topic,
      key,
      value,
      headers: { ...Object.fromEntries(own), [REDRIVE_HEADER]: letter },
      ...(timestamp >= 0 ? { timestamp } : {}),
    },
    note: {
      topic: place.topic,
      key: place.key,
      value: `${letter} was sent again to ${source.topic}`,
      headers: { [REDRIVEN_HEADER]: place.id },
    },
  }
}

/** The id of the letter that was sent again, if the record is the note of that. */
export function redrivenId({ headers }: KafkaRecord): string | null {
  return headers[REDRIVEN_HEADER]?.toString() ?? null
}

interface WholeRecord extends Pick<StoredDeadLetter, 'source' | 'key' | 'value' | 'headers'> {
  readonly timestamp: number
}

/** The letter's record with all that it had: of a letter that was cut, as its source still holds it. */
export async function wholeLetter(
  kafka: Pick<Kafka, 'spans' | 'read'>,
  letter: StoredDeadLetter,
): Promise<WholeRecord> {
  const { source } = letter
  if (letter.whole) return { ...letter, timestamp: source.timestamp }
  const span = (await kafka.spans([source.topic])).get(partitionName(source))
  const [record] = span ? await kafka.read(span, source.offset, 1) : []
  if (record?.offset !== source.offset || !isOriginal(record, letter)) throw cut(letter)
  return { ...record, source }
}

/** Whether it is the record that the letter was made of, by what the letter has of it. */
function isOriginal(record: KafkaRecord, { source, key, value, valueBytes }: StoredDeadLetter) {
  return (
    record.timestamp === source.timestamp &&
    (record.value?.length ?? null) === valueBytes &&
    beginsWith(record.value, value) &&
    beginsWith(record.key, key)
  )
}

function beginsWith(bytes: Buffer | null, beginning: Buffer | null): boolean {
  if (bytes === null || beginning === null) return bytes === beginning
  return bytes.subarray(0, beginning.length).equals(beginning)
}

function cut({ source, value, valueBytes }: StoredDeadLetter): AppError {
  return new AppError(
    'dead_letter_cut',
    409,
    `Only a part of this record was kept (${value?.length ?? 0} of ${valueBytes ?? 0} bytes of its ` +
      `value), and ${partitionName(source)} does not hold it at offset ${source.offset} any more: ` +
      'it can only be sent again by the service that it came from.',
  )
}
