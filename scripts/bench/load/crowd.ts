import { signToken, subjectOf } from '../lib/tokens'
import type { Role } from '../lib/tokens'
import { Connection } from './connection'
import type { Totals } from './connection'
import { orderwireSession, socketIoSession } from './session'
import type { ChannelName, Session } from './session'

export type Protocol = 'orderwire' | 'socket.io' | 'centrifugo'

/** Who connects where. `board` sockets subscribe `admin` as staff, `customers` their own `orders`. */
export interface CrowdOrder {
  readonly protocol: Protocol
  readonly port: number
  readonly secret: string
  readonly channel: ChannelName
  /** Different people, numbered from `firstSubject`, each with a token of their own. */
  readonly subjects: number
  readonly firstSubject: number
  readonly socketsEach: number
}

/** Sockets that are being opened at a time, so that no listen queue overflows. */
const OPENING_AT_A_TIME = 100

/** Connects, authenticates and subscribes a crowd; resolves when each of it is caught up. */
export async function openCrowd(order: CrowdOrder, totals: Totals): Promise<Connection[]> {
  const sessions: Session[] = []
  for (let index = 0; index < order.subjects; index++) {
    const session = await createSession(order, order.firstSubject + index)
    for (let copy = 0; copy < order.socketsEach; copy++) sessions.push(session)
  }
  return openSessions(order.protocol, order.port, totals, sessions)
}

/** Opens them in turns; resolves when each of them is ready. */
export async function openSessions(
  protocol: Protocol,
  port: number,
  totals: Totals,
  sessions: readonly Session[],
): Promise<Connection[]> {
  const connections = sessions.map((session) => createConnection(protocol, session, totals))
  let next = 0
  const openNext = async (): Promise<void> => {
    for (let at = next++; at < connections.length; at = next++) {
      await connections[at]!.open(port)
      await connections[at]!.whenReady.promise
    }
  }
  await Promise.all(Array.from({ length: OPENING_AT_A_TIME }, openNext))
  return connections
}

export function createConnection(protocol: Protocol, session: Session, totals: Totals): Connection {
  return new Connection(session, totals, protocol === 'orderwire' ? 10 : 4)
}

async function createSession(order: CrowdOrder, index: number): Promise<Session> {
  const role: Role = order.channel === 'admin' ? 'staff' : 'customer'
  const subject = subjectOf(role, index)
  return order.protocol === 'socket.io'
    ? socketIoSession(order.channel, subject)
    : orderwireSession(order.channel, await signToken(order.secret, subject, role))
}
