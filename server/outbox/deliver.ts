import { AppError } from '../errors'
import type { OutboxRow } from './outbox'

export interface Delivery {
  /** As `Producer.send`. */
  send(rows: readonly OutboxRow[]): Promise<void>
  /** Kafka has acknowledged these. */
  sent(rows: readonly OutboxRow[]): Promise<void>
  /** Kafka will never take this one. */
  refused(row: OutboxRow, why: AppError): Promise<void>
}

/**
 * Sends the rows in their order, past those that are refused for good. Rejects with whatever else
 * goes wrong; what was sent by then has been told.
 */
export async function deliver(rows: readonly OutboxRow[], delivery: Delivery): Promise<void> {
  let left = rows
  while (left.length > 0) {
    const why = await refusal(() => delivery.send(left))
    if (!why) return delivery.sent(left)
    const at = placeOf(why, left)
    if (at === null) return deliverEach(left, delivery)
    if (at > 0) await delivery.sent(left.slice(0, at))
    await delivery.refused(left[at]!, why)
    left = left.slice(at + 1)
  }
}

/** Where an error does not tell whom it refuses. */
async function deliverEach(rows: readonly OutboxRow[], delivery: Delivery): Promise<void> {
  for (const row of rows) await deliver([row], delivery)
}

/** The refused row's place: those before it were acknowledged, those behind it were not sent. */
function placeOf({ details }: AppError, rows: readonly OutboxRow[]): number | null {
  if (rows.length === 1) return 0
  const index = details.extensions?.index
  return typeof index === 'number' && index in rows ? index : null
}

async function refusal(send: () => Promise<void>): Promise<AppError | null> {
  try {
    await send()
    return null
  } catch (error) {
    if (error instanceof AppError && error.code === 'record_refused') return error
    throw error
  }
}
