import type { SpawnOptions } from './process'

/** How much is measured. `--quick` shows that everything works and measures nothing worth keeping. */
export interface Scale {
  readonly runs: number
  readonly boardSockets: number
  readonly customers: number
  readonly socketsEach: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly memoryFrom: number
  readonly memoryTo: number
  readonly latencySeconds: number
  readonly commandOrders: number
  readonly resumeClients: number
  readonly resumeEvents: number
  /** Figures of the distributed engine. */
  readonly backlogRecords: number
  /** Events of which the memory in Redis is taken. */
  readonly memoryEvents: number
  readonly pipeSeconds: number
  /** In the log, four of each customer's missed. */
  readonly resumeLogEvents: number
  readonly resumeCustomers: number
  /** Runs of a peer that takes a minute and more each. */
  readonly slowPeerRuns: number
  /** Orders that the board of the UI has loaded, and in one run beside. */
  readonly boardOrders: number
  readonly boardManyOrders: number
  readonly boardSeconds: number
  readonly paintSeconds: number
}

export const FULL: Scale = {
  runs: 5,
  boardSockets: 1_000,
  customers: 500,
  socketsEach: 10,
  warmUpMs: 1_500,
  measureMs: 4_000,
  memoryFrom: 2_000,
  memoryTo: 12_000,
  latencySeconds: 10,
  commandOrders: 20_000,
  resumeClients: 2_000,
  resumeEvents: 200,
  backlogRecords: 500_000,
  memoryEvents: 60_000,
  pipeSeconds: 10,
  resumeLogEvents: 20_000,
  resumeCustomers: 500,
  slowPeerRuns: 2,
  boardOrders: 10_000,
  boardManyOrders: 50_000,
  boardSeconds: 30,
  paintSeconds: 10,
}

export const QUICK: Scale = {
  runs: 1,
  boardSockets: 100,
  customers: 50,
  socketsEach: 4,
  warmUpMs: 200,
  measureMs: 500,
  memoryFrom: 200,
  memoryTo: 1_000,
  latencySeconds: 1,
  commandOrders: 1_000,
  resumeClients: 200,
  resumeEvents: 50,
  backlogRecords: 20_000,
  memoryEvents: 3_000,
  pipeSeconds: 1,
  resumeLogEvents: 1_000,
  resumeCustomers: 50,
  slowPeerRuns: 1,
  boardOrders: 500,
  boardManyOrders: 1_000,
  boardSeconds: 6,
  paintSeconds: 3,
}

export interface Bench {
  readonly scale: Scale
  /** How our own servers are started: with a profile where one was asked for. */
  readonly ours: SpawnOptions
  /** Progress, for people, on stderr. */
  progress(text: string): void
}
