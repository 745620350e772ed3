import type { Connection } from './connection'

/** What a client says of itself, and when it is where the scenario wants it. */
export interface Session {
  readonly path: string
  /** Frames sent, in one write, with the upgrade's completion. */
  readonly greeting: readonly string[]
  /** A line that is not an event. */
  onLine(text: string, connection: Connection): void
}

export type ChannelName = 'admin' | 'orders'

/** Speaks Orderwire's protocol, which the bare peer understands too. */
export function orderwireSession(channel: ChannelName, token: string, cursor?: string): Session {
  return {
    path: '/ws',
    greeting: [
      JSON.stringify({ event: 'auth', data: { token } }),
      JSON.stringify({
        event: `subscribe:${channel}`,
        data: cursor === undefined ? {} : { cursor },
      }),
    ],
    onLine(text, connection) {
      if (text.startsWith('{"event":"caught-up"')) connection.ready(text)
      else if (text.startsWith('{"event":"error"') || text.includes('"recovered":false'))
        connection.fail(new Error(`the server answered ${text}`))
    },
  }
}

/** Speaks Engine.IO 4 and Socket.IO 5 over WebSocket alone; joins by the subject's name. */
export function socketIoSession(channel: ChannelName, subject: string): Session {
  return {
    path: '/socket.io/?EIO=4&transport=websocket',
    greeting: [],
    onLine(text, connection) {
      if (text.startsWith('0{')) connection.send('40')
      else if (text.startsWith('40')) connection.send(`42["subscribe","${channel}","${subject}"]`)
      else if (text === '2') connection.send('3')
      else if (text.startsWith('42["subscribed"')) connection.ready(text)
      else if (text.startsWith('44')) connection.fail(new Error(`the server answered ${text}`))
    },
  }
}

/** What a client of Socket.IO keeps to have its connection's state recovered. */
export interface Recovery {
  /** Of its session; private, so that nobody else can take it over. */
  pid: string
  /** Of the last event that it got. */
  offset: string
}

/**
 * Speaks as `socketIoSession`, and notes in `kept` where it stands: the server says `mark` when the
 * time has come.
 */
export function recoverableSession(channel: ChannelName, subject: string, kept: Recovery): Session {
  return {
    path: '/socket.io/?EIO=4&transport=websocket',
    greeting: [],
    onLine(text, connection) {
      if (text.startsWith('0{')) connection.send('40')
      else if (text.startsWith('40{')) {
        kept.pid = pidIn(text)
        connection.send(`420["subscribe","${channel}","${subject}"]`)
      } else if (text.startsWith('430[')) connection.ready(text)
      else if (text.startsWith('42["mark"'))
        kept.offset = (JSON.parse(text.slice(2)) as string[])[2]!
      else if (text === '2') connection.send('3')
      else if (text.startsWith('44')) connection.fail(new Error(`the server answered ${text}`))
    },
  }
}

/** Comes back with what it kept. The missed events come first, then the answer, which tells. */
export function recoveringSession({ pid, offset }: Recovery): Session {
  return {
    path: '/socket.io/?EIO=4&transport=websocket',
    greeting: [],
    onLine(text, connection) {
      if (text.startsWith('0{')) connection.send(`40${JSON.stringify({ pid, offset })}`)
      else if (text.startsWith('40{')) {
        if (pidIn(text) === pid) connection.ready(text)
        else connection.fail(new Error('the connection state was not recovered'))
      } else if (text === '2') connection.send('3')
      else if (text.startsWith('44')) connection.fail(new Error(`the server answered ${text}`))
    },
  }
}

function pidIn(text: string): string {
  return (JSON.parse(text.slice(2)) as { pid: string }).pid
}

/** Where a client of Centrifugo stands in a channel. */
export interface StreamPosition {
  epoch: string
  offset: number
}

/**
 * Speaks Centrifugo's JSON protocol. `kept` is where it stands after the answer; with an epoch in it
 * the client comes back, and all that it missed is in that one answer.
 */
export function centrifugoSession(channel: string, token: string, kept: StreamPosition): Session {
  const recover = kept.epoch === '' ? {} : { recover: true, ...kept }
  return {
    path: '/connection/websocket',
    greeting: [
      JSON.stringify({ id: 1, connect: { token } }),
      JSON.stringify({ id: 2, subscribe: { channel, ...recover } }),
    ],
    onLine(text, connection) {
      if (text === '{}') connection.send('{}')
      else if (text.includes('"error":{') || text.startsWith('{"push":{"disconnect"'))
        connection.fail(new Error(`the server answered ${text}`))
      else if (text.startsWith('{"id":2,')) {
        if ('recover' in recover && !text.includes('"recovered":true'))
          return connection.fail(new Error('the missed events were not recovered'))
        connection.reader.events += text.split('"data":{').length - 1
        kept.epoch = /"epoch":"([^"]*)"/.exec(text)?.[1] ?? ''
        kept.offset = Number(/"offset":(\d+)[^[\]]*$/.exec(text)?.[1] ?? 0)
        connection.ready(text)
      }
    },
  }
}
