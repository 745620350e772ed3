import { createServer } from 'node:net'
import type { Socket } from 'node:net'
import { cpuMs, nextTurn, now } from './clock'

/** How a server is to publish; the same for ours and for each peer. */
export interface PublishOrder {
  /** Deliveries that one tick makes over all sockets. */
  readonly deliveriesPerTick: number
  /** Ticks that may be under way: published, and not yet read by the generator. */
  readonly ticksInFlight: number
  readonly durationMs: number
  /** Goes on after `durationMs` until there were so many ticks. */
  readonly leastTicks: number
}

export interface PublishRun {
  readonly ticks: number
  /** What the generator must have received from this run: no more, no less. */
  readonly expected: number
  /** From the first publish until the generator reported the last delivery. */
  readonly elapsedMs: number
  readonly serverCpuMs: number
}

/**
 * Keeps a publisher from running ahead of its readers: the generator reports over a connection of
 * its own how many deliveries it has read.
 */
export interface Pacer {
  /** Where the generator reports, as 8-byte little-endian doubles, its running total. */
  readonly port: number
  /** Publishes one tick a turn of the loop, as fast as the readers take it. */
  publish(
    order: PublishOrder,
    publishTick: (tick: number) => void | Promise<void>,
  ): Promise<PublishRun>
}

const DEADLINE_MS = 30_000

export async function openPacer(): Promise<Pacer> {
  let sent = 0
  let read = 0
  let ticks = 0
  let wake = (): void => {}

  const listener = createServer((socket: Socket) => {
    let rest: Buffer = Buffer.alloc(0)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes])
      const whole = rest.length - (rest.length % 8)
      if (whole === 0) return
      read = rest.readDoubleLE(whole - 8)
      rest = rest.subarray(whole)
      wake()
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('the pacer has no port')

  async function until(reached: () => boolean): Promise<void> {
    const deadline = now() + DEADLINE_MS
    while (!reached()) {
      await new Promise<void>((resolve, reject) => {
        const late = (): void =>
          reject(new Error(`readers stopped at ${read} of ${sent} deliveries`))
        const timer = setTimeout(late, deadline - now())
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  return {
    port: address.port,
    async publish({ deliveriesPerTick, ticksInFlight, durationMs, leastTicks }, publishTick) {
      const room = deliveriesPerTick * ticksInFlight
      const before = { sent, ticks, cpu: cpuMs(), at: now() }
      while (now() - before.at < durationMs || ticks - before.ticks < leastTicks) {
        if (sent - read >= room) await until(() => sent - read < room)
        await publishTick(ticks++)
        sent += deliveriesPerTick
        await nextTurn()
      }
      await until(() => read >= sent)
      return {
        ticks: ticks - before.ticks,
        expected: sent - before.sent,
        elapsedMs: now() - before.at,
        serverCpuMs: cpuMs() - before.cpu,
      }
    },
  }
}
