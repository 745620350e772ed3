import { CompressionCodecs } from 'kafkajs'
import { batchesOf, isRecordBatch, type RecordBatch } from './record-batch'
import type { FetchAnswer, FetchedPartition, WireBroker } from './wire'

/** A batch whose body is decompressed. */
export interface OpenBatch {
  readonly batch: RecordBatch
  readonly body: Buffer
}

/** With what kafkajs itself looks at. */
interface AnsweredPartition extends FetchedPartition {
  readonly errorCode: number
}

type Decode = (raw: Buffer) => Promise<unknown>

/** What kafkajs makes a request of, by `lookupRequest` of a connected broker. */
interface Protocol {
  readonly request: { readonly apiVersion: number }
  readonly response: { readonly decode: Decode; parse(answer: unknown): Promise<unknown> }
}
type Lookup = (apiKey: number, definition: unknown) => (args: unknown) => Protocol

type Codec = () => { decompress(bytes: Buffer): Promise<Buffer> }

const FETCH = 1
/** Of the answer to a fetch as `decodeAnswer` reads it: brokers since 2019. */
const VERSION = 11

const lookups = new WeakSet<Lookup>()

/**
 * Fetches; the answer's batches are left as they came (see `OpenBatch`). kafkajs decodes each record
 * and each header of it into objects, which is most of what reading costs. Answers of brokers before
 * 2019, and records in the format before 2017, are still decoded by it.
 */
export function fetchRecords(
  broker: WireBroker,
  ...request: Parameters<WireBroker['fetch']>
): Promise<FetchAnswer> {
  const connected = broker as WireBroker & { lookupRequest: Lookup }
  const lookup = connected.lookupRequest
  // Another one after each reconnection.
  if (!lookups.has(lookup)) {
    connected.lookupRequest = (apiKey, definition) => {
      const protocol = lookup(apiKey, definition)
      return apiKey === FETCH ? (args) => withOwnDecoder(protocol(args)) : protocol
    }
    lookups.add(connected.lookupRequest)
  }
  return broker.fetch(...request)
}

function withOwnDecoder(protocol: Protocol): Protocol {
  const { request, response } = protocol
  if (request.apiVersion !== VERSION) return protocol
  const decode: Decode = async (raw) => (await decodeAnswer(raw)) ?? response.decode(raw)
  return { ...protocol, response: { ...response, decode } }
}

/** Null where records are in an older format. */
async function decodeAnswer(raw: Buffer): Promise<unknown> {
  const reader = new Reader(raw)
  const clientSideThrottleTime = reader.int32()
  const errorCode = reader.int16()
  const sessionId = reader.int32()
  const responses = []
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topicName = reader.text()
    const partitions = []
    for (let left = reader.int32(); left > 0; left--) {
      const partition = await readPartition(reader)
      if (!partition) return null
      partitions.push(partition)
    }
    responses.push({ topicName, partitions })
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses }
}

async function readPartition(reader: Reader): Promise<AnsweredPartition | null> {
  const partition = reader.int32()
  const errorCode = reader.int16()
  const highWatermark = reader.int64()
  const lastStableOffset = reader.int64()
  // Where the partition begins, which is asked for elsewhere.
  reader.int64()
  const abortedTransactions = []
  for (let left = reader.int32(); left > 0; left--)
    abortedTransactions.push({ producerId: reader.int64(), firstOffset: reader.int64() })
  // The replica that the broker would rather have asked.
  reader.int32()
  const bytes = reader.bytes()
  if (!isRecordBatch(bytes)) return null
  const batches: OpenBatch[] = []
  for (const batch of batchesOf(bytes)) batches.push({ batch, body: await bodyOf(batch) })
  const offsets = { highWatermark, lastStableOffset }
  return { partition, errorCode, ...offsets, abortedTransactions, batches, messages: [] }
}

async function bodyOf({ codec, body }: RecordBatch): Promise<Buffer> {
  if (codec === 0) return body
  const codecs: Readonly<Record<number, Codec | undefined>> = CompressionCodecs
  const create = codecs[codec]
  if (!create) throw new Error(`Kafka's answer cannot be read: there is no codec ${codec}`)
  return create().decompress(body)
}

class Reader {
  #at = 0
  constructor(private readonly buffer: Buffer) {}

  int16(): number {
    this.#at += 2
    return this.buffer.readInt16BE(this.#at - 2)
  }

  int32(): number {
    this.#at += 4
    return this.buffer.readInt32BE(this.#at - 4)
  }

  /** As text, as kafkajs has it. */
  int64(): string {
    this.#at += 8
    return String(this.buffer.readBigInt64BE(this.#at - 8))
  }

  text(): string {
    return this.#take(this.int16()).toString()
  }

  bytes(): Buffer {
    return this.#take(this.int32())
  }

  /** Less than nothing stands for nothing. */
  #take(length: number): Buffer {
    const from = this.#at
    this.#at += Math.max(0, length)
    return this.buffer.subarray(from, this.#at)
  }
}
