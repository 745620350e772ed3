import type { HubLimits } from '../hub/limits'
import type { SocketLimits } from '../socket/limits'
import type { SettingsReader } from './reader'

const MIB = 1_048_576

export function readHub(read: SettingsReader, distributed: boolean): HubLimits {
  const heartbeatMs = read.integer('HEARTBEAT_MS', { fallback: 10_000, min: 100, max: 60_000 })
  return {
    windowMaxEntries: read.integer('WINDOW_MAX_ENTRIES', {
      fallback: 50_000,
      min: 1,
      max: 10_000_000,
    }),
    windowMaxBytes: read.integer('WINDOW_MAX_BYTES', {
      fallback: 64 * MIB,
      min: 1_024,
      max: 8_192 * MIB,
    }),
    replayMaxEntries: read.integer('REPLAY_MAX_ENTRIES', {
      fallback: 10_000,
      min: 1,
      max: 1_000_000,
    }),
    replayConcurrency: 4,
    replayStallMs: 30_000,
    // Clients take a silence of more than two heartbeats for a dead connection.
    aheadWaitMs: Math.min(2_000, heartbeatMs),
    // Many nodes may lose their log at once, and all clients then ask one database.
    retrySpreadMs: distributed ? 30_000 : 5_000,
    heartbeatMs,
    backpressureLimitBytes: read.integer('BACKPRESSURE_LIMIT_BYTES', {
      fallback: MIB,
      min: 262_144,
      max: 64 * MIB,
    }),
    expectBeats: distributed,
  }
}

export function readSocket(read: SettingsReader): SocketLimits {
  return {
    authTimeoutMs: read.integer('AUTH_TIMEOUT_MS', { fallback: 5_000, min: 100, max: 60_000 }),
    maxFrameBytes: read.integer('MAX_FRAME_BYTES', { fallback: 16_384, min: 1_024, max: MIB }),
    maxInvalidFrames: 5,
    idleTimeoutSeconds: 60,
    endOverMs: 2_000,
    maxSocketsPerUser: read.integer('MAX_SOCKETS_PER_USER', {
      fallback: 100,
      min: 1,
      max: 1_000_000,
    }),
    maxUnauthenticatedPerAddress: read.integer('MAX_UNAUTHENTICATED_PER_ADDRESS', {
      fallback: 200,
      min: 1,
      max: 1_000_000,
    }),
    maxFramesPerSecond: read.integer('MAX_FRAMES_PER_SECOND', {
      fallback: 50,
      min: 1,
      max: 100_000,
    }),
  }
}
