import type { KafkaRecord } from './kafka'

/** A batch of records in the format since 2017, before any record of it is looked at. */
export interface RecordBatch {
  readonly firstOffset: number
  /** Also where compaction took its last records. */
  readonly lastOffset: number
  readonly producerId: string
  readonly inTransaction: boolean
  /** It holds marks of transactions, and no records. */
  readonly isControl: boolean
  readonly firstTimestamp: number
  /** The broker's time, which counts for all of them; null: each has its producer's. */
  readonly appendTime: number | null
  /** How `body` is compressed; 0: not at all. */
  readonly codec: number
  readonly count: number
  readonly body: Buffer
}

const HEADER_BYTES = 61
/** Its length counts from here. */
const LENGTH_END = 12
const MAGIC_AT = 16
const MAGIC = 2

/** Whether a partition's answer begins with such a batch, or with nothing that could be one. */
export function isRecordBatch(bytes: Buffer): boolean {
  return bytes.length <= MAGIC_AT || bytes[MAGIC_AT] === MAGIC
}

/** Whole batches alone: a broker cuts the last one at the bytes that were asked for. */
export function* batchesOf(bytes: Buffer): Generator<RecordBatch> {
  for (let at = 0; at + HEADER_BYTES <= bytes.length;) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + 8)
    if (end < at + HEADER_BYTES) throw corrupt('a batch is shorter than its head')
    if (end > bytes.length) return
    const attributes = bytes.readInt16BE(at + 21)
    const firstOffset = Number(bytes.readBigInt64BE(at))
    yield {
      firstOffset,
      lastOffset: firstOffset + bytes.readInt32BE(at + 23),
      producerId: String(bytes.readBigInt64BE(at + 43)),
      inTransaction: (attributes & 0x10) !== 0,
      isControl: (attributes & 0x20) !== 0,
      firstTimestamp: Number(bytes.readBigInt64BE(at + 27)),
      appendTime: attributes & 0x08 ? Number(bytes.readBigInt64BE(at + 35)) : null,
      codec: attributes & 0x07,
      count: bytes.readInt32BE(at + 57),
      body: bytes.subarray(at + HEADER_BYTES, end),
    }
    at = end
  }
}

/**
 * Adds the records at or behind `from`; they share the memory of `body`. Throws where the bytes cannot
 * be such a batch.
 * @param body the batch's, decompressed
 */
export function readRecords(
  batch: RecordBatch,
  body: Buffer,
  from: number,
  records: KafkaRecord[],
): void {
  const { firstOffset, firstTimestamp, appendTime } = batch
  const reader = new Reader(body)
  for (let left = batch.count; left > 0; left--) {
    const length = reader.varint()
    const end = reader.at + length
    // One byte of attributes, which nobody uses.
    reader.at += 1
    const timestamp = firstTimestamp + reader.varlong()
    const offset = firstOffset + reader.varint()
    const key = reader.bytes()
    const value = reader.bytes()
    if (length < 0 || reader.at > end || end > body.length)
      throw corrupt(`the record at offset ${offset} does not end where it says`)
    if (offset >= from)
      records.push(new BatchRecord(offset, appendTime ?? timestamp, key, value, body, reader.at))
    reader.at = end
  }
}

/** Its headers are decoded when somebody asks for them: they cost more than all the rest. */
class BatchRecord implements KafkaRecord {
  #headers: KafkaRecord['headers'] | null = null
  readonly #body: Buffer
  readonly #headersAt: number

  constructor(
    readonly offset: number,
    readonly timestamp: number,
    readonly key: Buffer | null,
    readonly value: Buffer | null,
    body: Buffer,
    headersAt: number,
  ) {
    this.#body = body
    this.#headersAt = headersAt
  }

  get headers(): KafkaRecord['headers'] {
    return (this.#headers ??= readHeaders(new Reader(this.#body, this.#headersAt)))
  }

  header(name: string): Buffer | undefined {
    return findHeader(new Reader(this.#body, this.#headersAt), name)
  }
}

function readHeaders(reader: Reader): KafkaRecord['headers'] {
  const headers: [string, Buffer | undefined][] = []
  for (let left = reader.varint(); left > 0; left--)
    headers.push([String(reader.bytes()), reader.bytes() ?? undefined])
  return Object.fromEntries(headers)
}

/** The last of the name. */
function findHeader(reader: Reader, name: string): Buffer | undefined {
  let found: Buffer | undefined
  for (let left = reader.varint(); left > 0; left--) {
    const isWanted = reader.skips(name)
    if (isWanted) found = reader.bytes() ?? undefined
    else reader.skip()
  }
  return found
}

/** Variable-length numbers, as in Protocol Buffers, and what is behind their lengths. */
class Reader {
  constructor(
    private readonly buffer: Buffer,
    public at = 0,
  ) {}

  varint(): number {
    let value = 0
    let byte
    let shift = 0
    do {
      byte = this.buffer[this.at++] ?? 0
      value |= (byte & 0x7f) << shift
      shift += 7
    } while (byte & 0x80)
    return (value >>> 1) ^ -(value & 1)
  }

  /** Exact up to 2^53. */
  varlong(): number {
    let value = 0
    let byte
    let scale = 1
    do {
      byte = this.buffer[this.at++] ?? 0
      value += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte & 0x80)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  /** Null where there are none. */
  bytes(): Buffer | null {
    const length = this.varint()
    if (length < 0) return null
    const from = this.at
    this.at += length
    return this.buffer.subarray(from, this.at)
  }

  skip(): void {
    const length = this.varint()
    this.at += Math.max(0, length)
  }

  /** Skips the next bytes; whether they are this text. */
  skips(text: string): boolean {
    const length = this.varint()
    const from = this.at
    this.at += Math.max(0, length)
    return (
      length === Buffer.byteLength(text) && this.buffer.toString('utf8', from, this.at) === text
    )
  }
}

function corrupt(what: string): Error {
  return new Error(`Kafka's answer cannot be read: ${what}`)
}
