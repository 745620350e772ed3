/** A record of a batch, as Kafka writes it. */
export interface WrittenRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: readonly (readonly [name: string, value: Buffer | null])[]
}

export interface WrittenBatch {
  readonly firstOffset: number
  readonly firstTimestamp: number
  readonly records: readonly WrittenRecord[]
  /** Behind the last record where compaction took those that followed. */
  readonly lastOffset?: number
  readonly attributes?: number
  readonly maxTimestamp?: number
  readonly producerId?: number
}

/** The bytes of a record batch (format 2), written from Kafka's description of it. */
export function writeBatch(batch: WrittenBatch): Buffer {
  const { firstOffset, firstTimestamp, records, attributes = 0, producerId = -1 } = batch
  const lastOffset = batch.lastOffset ?? records.at(-1)?.offset ?? firstOffset
  const body = Buffer.concat(records.map((record) => writeRecord(batch, record)))
  const head = Buffer.alloc(61)
  head.writeBigInt64BE(BigInt(firstOffset), 0)
  head.writeInt32BE(head.length - 12 + body.length, 8)
  head.writeInt8(2, 16)
  head.writeInt16BE(attributes, 21)
  head.writeInt32BE(lastOffset - firstOffset, 23)
  head.writeBigInt64BE(BigInt(firstTimestamp), 27)
  head.writeBigInt64BE(BigInt(batch.maxTimestamp ?? firstTimestamp), 35)
  head.writeBigInt64BE(BigInt(producerId), 43)
  head.writeInt32BE(records.length, 57)
  return Buffer.concat([head, body])
}

function writeRecord(batch: WrittenBatch, record: WrittenRecord): Buffer {
  const parts = [
    Buffer.from([0]),
    writeNumber(record.timestamp - batch.firstTimestamp),
    writeNumber(record.offset - batch.firstOffset),
    ...writeBytes(record.key),
    ...writeBytes(record.value),
    writeNumber(record.headers.length),
    ...record.headers.flatMap(([name, value]) => [
      ...writeBytes(Buffer.from(name)),
      ...writeBytes(value),
    ]),
  ]
  const bytes = Buffer.concat(parts)
  return Buffer.concat([writeNumber(bytes.length), bytes])
}

function writeBytes(bytes: Buffer | null): readonly Buffer[] {
  return bytes ? [writeNumber(bytes.length), bytes] : [writeNumber(-1)]
}

/** Zigzag, seven bits a byte, the lowest first. */
function writeNumber(number: number): Buffer {
  let left = number < 0 ? BigInt(number) * -2n - 1n : BigInt(number) * 2n
  const bytes: number[] = []
  do {
    const low = Number(left & 0x7fn)
    left >>= 7n
    bytes.push(left > 0n ? low | 0x80 : low)
  } while (left > 0n)
  return Buffer.from(bytes)
}
