import { cpuMs, now } from '../lib/clock'
import { signToken, subjectOf } from '../lib/tokens'
import type { Role } from '../lib/tokens'
import type { Connection, Totals } from './connection'
import { createConnection, openSessions } from './crowd'
import {
  centrifugoSession,
  orderwireSession,
  recoverableSession,
  recoveringSession,
} from './session'
import type { Recovery, Session, StreamPosition } from './session'

export interface ResumeOrder {
  readonly secret: string
  readonly clients: number
  readonly cursor: string
  /** Whose own orders they follow, in turns; absent: the board, each as a person of their own. */
  readonly customers?: number
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

/** Prepares clients that all lost their connection at `cursor`, each person with a token. */
export async function prepareResume(
  { secret, clients, cursor, customers }: ResumeOrder,
  totals: Totals,
): Promise<Connection[]> {
  const sessions: Session[] = []
  for (let index = 0; index < (customers ?? clients); index++) {
    const role: Role = customers === undefined ? 'staff' : 'customer'
    const token = await signToken(secret, subjectOf(role, index), role)
    sessions.push(orderwireSession(role === 'staff' ? 'admin' : 'orders', token, cursor))
  }
  return Array.from({ length: clients }, (_, index) =>
    createConnection('orderwire', sessions[index % sessions.length]!, totals),
  )
}

export interface RecoverableOrder {
  readonly port: number
  readonly clients: number
  /** As in `ResumeOrder`. */
  readonly customers?: number
}

/** Clients of Centrifugo, who know where they stand from the answer to their subscription. */
export class PositionedCrowd {
  readonly #people: { channel: string; token: string; kept: StreamPosition }[] = []
  connections: readonly Connection[] = []

  async open(
    { port, clients, customers, secret }: RecoverableOrder & { readonly secret: string },
    totals: Totals,
  ): Promise<void> {
    for (let index = 0; index < clients; index++) {
      const subject =
        customers === undefined
          ? subjectOf('staff', index)
          : subjectOf('customer', index % customers)
      const token = await signToken(secret, subject, customers === undefined ? 'staff' : 'customer')
      const channel = customers === undefined ? BOARD : subject
      this.#people.push({ channel, token, kept: { epoch: '', offset: 0 } })
    }
    this.connections = await openSessions('centrifugo', port, totals, this.#sessions())
  }

  prepare(totals: Totals): Connection[] {
    return this.#sessions().map((session) => createConnection('centrifugo', session, totals))
  }

  #sessions(): Session[] {
    return this.#people.map(({ channel, token, kept }) => centrifugoSession(channel, token, kept))
  }
}

/** Centrifugo's channel of the board; each customer's is called as the customer. */
export const BOARD = 'board'

/** Clients of Socket.IO that can come back once they were told where they stand. */
export class RecoverableCrowd {
  readonly #kept: Recovery[] = []
  connections: readonly Connection[] = []

  async open({ port, clients, customers }: RecoverableOrder, totals: Totals): Promise<void> {
    const sessions = Array.from({ length: clients }, (_, index) => {
      const kept: Recovery = { pid: '', offset: '' }
      this.#kept.push(kept)
      return customers === undefined
        ? recoverableSession('admin', subjectOf('staff', index), kept)
        : recoverableSession('orders', subjectOf('customer', index % customers), kept)
    })
    this.connections = await openSessions('socket.io', port, totals, sessions)
  }

  /** How many of them know where they stand. */
  marked(): number {
    return this.#kept.filter(({ offset }) => offset !== '').length
  }

  prepare(totals: Totals): Connection[] {
    return this.#kept.map((kept) => createConnection('socket.io', recoveringSession(kept), totals))
  }
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
