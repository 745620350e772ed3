import { cpuMs, now } from '../lib/clock'
import { signToken, subjectOf } from '../lib/tokens'
import type { Connection, Totals } from './connection'
import { createConnection } from './crowd'
import { orderwireSession } from './session'

export interface ResumeOrder {
  readonly secret: string
  readonly clients: number
  readonly cursor: string
}

export interface ResumeRun {
  /** Milliseconds since the epoch at which the last client read its `caught-up`. */
  readonly lastCaughtUpAt: number
  /** Events that each client received: fewest and most. */
  readonly fewest: number
  readonly most: number
  /** CPU time of the generator over wall time, while they came back. */
  readonly generatorShare: number
}

/** Prepares board clients that all lost their connection at `cursor`, each with a token of its own. */
export async function prepareResume(order: ResumeOrder, totals: Totals): Promise<Connection[]> {
  const clients: Connection[] = []
  for (let index = 0; index < order.clients; index++) {
    const token = await signToken(order.secret, subjectOf('staff', index), 'staff')
    clients.push(
      createConnection('orderwire', orderwireSession('admin', token, order.cursor), totals),
    )
  }
  return clients
}

/** All of them at once, without any jitter; resolves when the last one is caught up. */
export async function resumeAll(clients: readonly Connection[], port: number): Promise<ResumeRun> {
  const from = { at: now(), cpuMs: cpuMs() }
  await Promise.all(
    clients.map(async (client) => {
      await client.open(port)
      await client.whenReady.promise
    }),
  )
  const lastCaughtUpAt = now()
  const events = clients.map((client) => client.reader.events)
  return {
    lastCaughtUpAt,
    fewest: Math.min(...events),
    most: Math.max(...events),
    generatorShare: (cpuMs() - from.cpuMs) / (lastCaughtUpAt - from.at),
  }
}
