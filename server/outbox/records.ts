import type { NewRecord } from '../kafka/kafka'
import type { EventTopics } from '../mirror/settings'
import { RELAY_SOURCE, SOURCE_HEADER, TYPE_HEADER } from '../mirror/settings'
import type { OutboxRow } from './outbox'

/** About what a record needs beside key and value. */
const OVERHEAD_BYTES = 512

/** The record of a row, with the headers of CloudEvents' binary mode. */
export function recordOf(row: OutboxRow, topics: EventTopics): NewRecord & { topic: string } {
  const type = `order.${row.name}`
  return {
    topic: topics.kind === 'one' ? topics.name : topics.names[row.name],
    key: row.orderId,
    value: row.value,
    headers: {
      ce_specversion: '1.0',
      ce_id: row.eventId,
      [SOURCE_HEADER]: RELAY_SOURCE,
      [TYPE_HEADER]: type,
      ce_time: new Date(row.at).toISOString(),
      'content-type': 'application/json',
      ...(topics.kind === 'one'
        ? { [topics.typeHeader]: shopsType(row, topics.types) ?? type }
        : {}),
    },
    timestamp: row.at,
  }
}

/** The rows in runs of about `maxBytes`. A row that is longer has a run of its own. */
export function* runsOf(rows: readonly OutboxRow[], maxBytes: number): Generator<OutboxRow[]> {
  let run: OutboxRow[] = []
  let bytes = 0
  for (const row of rows) {
    const size = Buffer.byteLength(row.value) + OVERHEAD_BYTES
    if (run.length > 0 && bytes + size > maxBytes) {
      yield run
      run = []
      bytes = 0
    }
    run.push(row)
    bytes += size
  }
  if (run.length > 0) yield run
}

/** What the shop calls this kind of event: the first name that means it. */
function shopsType({ name }: OutboxRow, types: ReadonlyMap<string, string>): string | undefined {
  return [...types].find(([, kind]) => kind === name)?.[0]
}
