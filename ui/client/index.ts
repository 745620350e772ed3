export type {
  ChannelStatus,
  Client,
  ClientEvents,
  ClientOptions,
  ClientProblem,
  ClientState,
  EventInfo,
  From,
  KeptState,
  Place,
  Resume,
  Seams,
  Snapshot,
  Status,
  TakenSnapshot,
  TokenContext,
} from './api'
export { SnapshotRefused } from './api'
export { createClient } from './client'
export { systemClock, type Clock } from './clock'
export type { Seen, Sight } from './seen'
export { openWebSocket, type OpenSocket, type Socket, type SocketListener } from './socket'
export { createSharedSocket, type SharedSocketOptions } from './shared/shared-socket'
export { memoryStorage, webStorage, type ClientStorage } from './storage'
export { browserWakeUps, type WakeUp, type WakeUps } from './wake-ups'
