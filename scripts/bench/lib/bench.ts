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
}

export interface Bench {
  readonly scale: Scale
  /** How our own servers are started: with a profile where one was asked for. */
  readonly ours: SpawnOptions
  /** Progress, for people, on stderr. */
  progress(text: string): void
}
