import type { Logger } from '../lib/logger'
import { pause } from '../lib/pause'
import type { Commits } from './commits'
import { errorType } from './failures'
import { createFetching, type Fetching } from './fetching'
import type { KafkaLimits } from './limits'
import { createMembership, type Joined, mustRejoin, partitionCounts } from './membership'
import type { Reading } from './partition'
import type { Wire } from './wire'

/** What a session needs of the consumer, which outlives it. */
export interface SessionContext {
  readonly wire: Wire
  readonly groupId: string
  readonly topics: readonly string[]
  /** The member of an earlier session, so that the group need not wait for it to expire. */
  readonly memberId: string
  readonly limits: KafkaLimits
  readonly logger: Logger
  readonly stopped: AbortSignal
  /** Partitions that are read now. */
  readonly readings: () => readonly Reading[]
  /** All that this member reads is void from here on. */
  readonly onRevoked: () => void
  readonly onJoined: (joined: Joined) => void
  /** The coordinator knew this member at this time (`performance.now()`). */
  readonly onKnown: (at: number) => void
  /** Set where the lease ran out: this member may not be one any more. */
  readonly leaseLost: () => boolean
  readonly onFetched: () => void
  readonly onLost: (reading: Reading, why: string) => void
  readonly onWaiting: (sentence: string) => void
  readonly onTrouble: (error: unknown) => void
  /** All is as it should be. */
  readonly onWell: () => void
  readonly commits: Commits
}

export interface Session {
  /** Ends with an error, never otherwise, unless the consumer is stopped. */
  run(): Promise<void>
  /** There is room to fetch, or somewhere to fetch from. */
  pump(): void
  memberId(): string
  /** Sends what is to be committed and leaves the group. */
  leave(): Promise<void>
}

/** One life on one set of connections: joins, reads, joins again; what fails otherwise ends it. */
export function createSession(context: SessionContext): Session {
  const { wire, limits, logger, stopped } = context
  const { cluster } = wire
  const membership = createMembership(wire, context, limits, context.memberId, stopped)
  let fetching: Fetching | null = null
  let metadataIsStale = false
  let leadersUnknown = false

  async function topicsExist(): Promise<void> {
    while (!stopped.aborted) {
      const missing = await missingTopics()
      if (missing.length === 0) return
      context.onWaiting(`waits for the topics ${missing.join(', ')}`)
      await pause(limits.backoffMs[1] / 10, stopped)
    }
  }

  /** From here on the cluster asks for the leaders of those that are there. */
  async function missingTopics(): Promise<readonly string[]> {
    const missing: string[] = []
    for (const topic of context.topics) {
      try {
        await cluster.addMultipleTargetTopics([topic])
      } catch (error) {
        if (!isMissing(error)) throw error
        missing.push(topic)
      }
    }
    return missing
  }

  /** Reads until this member must join again. */
  async function read({ counts }: Joined): Promise<void> {
    fetching = createFetching({
      ...context,
      onAnswer: context.onFetched,
      onStaleMetadata: () => (metadataIsStale = true),
    })
    try {
      fetching.pump()
      await beat(counts ?? countsNow())
    } finally {
      fetching.end()
      fetching = null
    }
  }

  async function beat(counts: string): Promise<void> {
    let refreshedAt = performance.now()
    while (!stopped.aborted && !context.leaseLost()) {
      const sentAt = performance.now()
      try {
        await membership.heartbeat()
      } catch (error) {
        if (mustRejoin(error)) return
        // The lease tells how long what was assigned may still be read.
        context.onTrouble(error)
        await pause(limits.heartbeatMs, stopped)
        continue
      }
      context.onKnown(sentAt)
      if (!leadersUnknown) context.onWell()
      if (countsNow() !== counts) return
      // Neither may hold up a heartbeat.
      void commit()
      if (metadataIsStale || sentAt - refreshedAt >= limits.metadataMs) {
        refreshedAt = sentAt
        void refresh()
      }
      fetching!.pump()
      const silentMs = fetching!.silentMs()
      if (silentMs > limits.stalledMs)
        throw new Error(`what can be fetched has not come for ${Math.round(silentMs)} ms`)
      await pause(limits.heartbeatMs, stopped)
    }
  }

  async function refresh(): Promise<void> {
    metadataIsStale = false
    try {
      await cluster.refreshMetadata()
      leadersUnknown = false
    } catch (error) {
      // One topic that was deleted, or one partition without a leader: the others go on.
      metadataIsStale = true
      leadersUnknown = true
      logger.debug({ err: error }, 'the leaders are not known')
      if (isMissing(error))
        context.onWaiting(`waits for one or more of the topics ${context.topics.join(', ')}`)
    }
  }

  const countsNow = () => partitionCounts(cluster, context.topics)

  async function commit(): Promise<void> {
    const offsets = context.commits.take()
    if (offsets.length === 0) return
    try {
      await membership.commit(offsets)
    } catch (error) {
      logger.debug({ err: error }, 'offsets were not committed')
      context.commits.putBack(offsets)
    }
  }

  return {
    async run() {
      await cluster.connect()
      await topicsExist()
      while (!stopped.aborted) {
        context.onRevoked()
        await commit()
        const joined = await membership.join()
        if (stopped.aborted) return
        context.onJoined(joined)
        await read(joined)
      }
    },
    pump: () => fetching?.pump(),
    memberId: membership.memberId,
    async leave() {
      await commit()
      await membership.leave()
    },
  }
}

function isMissing(error: unknown): boolean {
  return errorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION'
}
