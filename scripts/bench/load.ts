/** The load generator: a process of its own that connects, reads, counts and reports. */
import { answerCommands } from './lib/commands'
import { cpuMs, now } from './lib/clock'
import { signToken, subjectOf } from './lib/tokens'
import { failures } from './load/connection'
import type { Connection, Totals } from './load/connection'
import { openCrowd } from './load/crowd'
import type { CrowdOrder } from './load/crowd'
import { readDirectly } from './load/direct-reader'
import { placeOrders } from './load/orders'
import type { PlaceOrder, PlacedOrder } from './load/orders'
import { captureResume, openProbe } from './load/probe'
import type { Arrival, Probe } from './load/probe'
import { reportDeliveries } from './load/reporter'
import { PositionedCrowd, prepareResume, RecoverableCrowd, resumeAll } from './load/resume'
import type { RecoverableOrder, ResumeOrder, ResumeRun } from './load/resume'

export interface Counters {
  readonly deliveries: number
  readonly textFrames: number
  readonly bytes: number
  /** CPU of this process and the clock, to tell whether it was the bottleneck. */
  readonly cpuMs: number
  readonly at: number
}

const totals: Totals = { deliveries: 0, textFrames: 0, bytes: 0, onDeliveries() {} }
let crowd: Connection[] = []
let resuming: Connection[] = []
let recoverable = new RecoverableCrowd()
let positioned = new PositionedCrowd()
let probes: Probe[] = []
let stopReporting = (): void => {}
let stopReading = (): void => {}

const commands = {
  /** Adds a crowd to those connected; resolves when each of it is caught up. */
  async connect(order: CrowdOrder): Promise<void> {
    crowd = crowd.concat(await openCrowd(order, totals))
  },
  async report(pacerPort: number, every: number): Promise<void> {
    stopReporting()
    stopReporting = await reportDeliveries(totals, pacerPort, every)
  },
  /** From here on the crowd is read by system calls: cheaper than by the runtime's sockets. */
  readDirectly(): void {
    stopReading = readDirectly(
      crowd.map((connection) => ({
        fd: connection.handOver(),
        received: (bytes) => connection.received(bytes),
      })),
    )
  },
  /** Rejects when a connection was lost that nobody had closed. */
  counters(): Counters {
    if (failures.length > 0)
      throw new Error(`${failures.length} connections failed, the first: ${failures[0]!.message}`)
    const { deliveries, textFrames, bytes } = totals
    return { deliveries, textFrames, bytes, cpuMs: cpuMs(), at: now() }
  },
  prepareResume: async (order: ResumeOrder): Promise<void> => {
    resuming = await prepareResume(order, totals)
  },
  /** Connects clients of Socket.IO that can have their connection's state recovered. */
  async connectRecoverable(order: RecoverableOrder): Promise<void> {
    recoverable = new RecoverableCrowd()
    await recoverable.open(order, totals)
    crowd = crowd.concat(recoverable.connections)
  },
  marked: (): number => recoverable.marked(),
  prepareRecovery(): void {
    resuming = recoverable.prepare(totals)
  },
  /** Connects clients of Centrifugo. */
  async connectPositioned(order: RecoverableOrder & { readonly secret: string }): Promise<void> {
    positioned = new PositionedCrowd()
    await positioned.open(order, totals)
    crowd = crowd.concat(positioned.connections)
  },
  preparePositioned(): void {
    resuming = positioned.prepare(totals)
  },
  resume: (port: number): Promise<ResumeRun> => {
    crowd = crowd.concat(resuming)
    return resumeAll(resuming, port)
  },
  captureResume: async (port: number, secret: string, cursor: string): Promise<string[]> =>
    captureResume(port, await signToken(secret, subjectOf('staff', 0), 'staff'), cursor),
  async openProbe(port: number, secret: string): Promise<void> {
    const token = await signToken(secret, subjectOf('staff', 90_000 + probes.length), 'staff')
    probes.push(await openProbe(port, token))
  },
  arrivals: (): readonly (readonly Arrival[])[] => probes.map((probe) => probe.arrivals),
  placeOrders: (order: PlaceOrder): Promise<readonly PlacedOrder[]> => placeOrders(order),
  /** Resets every connection at once. */
  reset(): void {
    stopReporting()
    stopReading()
    for (const connection of crowd) connection.reset()
    for (const probe of probes) probe.close()
    crowd = []
    probes = []
  },
}

export type LoadCommands = typeof commands

answerCommands(commands)
