import { now } from '../lib/clock'
import { orderIdIn } from './orders'

/** An event's arrival at one probe: its order and when it was read. */
export interface Arrival {
  readonly orderId: string
  readonly at: number
}

export interface Probe {
  readonly arrivals: readonly Arrival[]
  close(): void
}

/** A board client that notes when each order's event arrives. Only a few of the sockets are probes. */
export async function openProbe(port: number, token: string): Promise<Probe> {
  const arrivals: Arrival[] = []
  const ready = Promise.withResolvers<void>()
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`)
  socket.onopen = () => {
    socket.send(JSON.stringify({ event: 'auth', data: { token } }))
    socket.send(JSON.stringify({ event: 'subscribe:admin', data: {} }))
  }
  socket.onclose = ({ code, reason }) => ready.reject(new Error(`closed with ${code} ${reason}`))
  socket.onmessage = ({ data }) => {
    const at = now()
    for (const line of String(data).split('\n')) {
      if (line.startsWith('{"event":"admin:order:')) arrivals.push({ orderId: orderIdIn(line), at })
      else if (line.startsWith('{"event":"caught-up"')) ready.resolve()
    }
  }
  await ready.promise
  return { arrivals, close: () => socket.close() }
}

/** What the server answers to one client that resumes: its text frames, as they were cut. */
export async function captureResume(
  port: number,
  token: string,
  cursor: string,
): Promise<string[]> {
  const frames: string[] = []
  const done = Promise.withResolvers<void>()
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`)
  socket.onopen = () => {
    socket.send(JSON.stringify({ event: 'auth', data: { token } }))
    socket.send(JSON.stringify({ event: 'subscribe:admin', data: { cursor } }))
  }
  socket.onclose = ({ code, reason }) => done.reject(new Error(`closed with ${code} ${reason}`))
  socket.onmessage = ({ data }) => {
    frames.push(String(data))
    if (String(data).includes('{"event":"caught-up"')) done.resolve()
  }
  await done.promise
  socket.close()
  return frames
}
