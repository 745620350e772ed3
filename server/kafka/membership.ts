import { AssignerProtocol } from 'kafkajs'
import { pause } from '../lib/pause'
import type { Commit } from './commits'
import { errorType } from './failures'
import type { TopicPartition } from './kafka'
import type { KafkaLimits } from './limits'
import type { Wire, WireBroker } from './wire'

/** This member's standing in its group, over one set of connections. */
export interface Membership {
  /** Joins or joins again. */
  join(): Promise<Joined>
  /**
   * Rejects with a rebalance, which `mustRejoin` knows, or because the coordinator does not answer
   * or is another broker by now: then the next one looks for it.
   */
  heartbeat(): Promise<void>
  commit(offsets: readonly Commit[]): Promise<void>
  leave(): Promise<void>
  /** What a later membership of the same member begins with; empty before the first join. */
  memberId(): string
}

export interface Joined {
  /** What this member is to read until the next time. */
  readonly partitions: readonly TopicPartition[]
  /** Numbers of partitions that the assignment was made of; null where another member made it. */
  readonly counts: string | null
  /** When the coordinator was last sent something that it has answered (`performance.now()`). */
  readonly knownAt: number
}

const MUST_REJOIN: readonly string[] = [
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
]
/** The coordinator is about to be another broker, or has just become one. */
const MOVING: readonly string[] = [
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
]

export function mustRejoin(error: unknown): boolean {
  return MUST_REJOIN.includes(errorType(error) ?? '')
}

export function createMembership(
  { cluster, assigner }: Wire,
  group: { readonly groupId: string; readonly topics: readonly string[] },
  limits: KafkaLimits,
  knownAs: string,
  stopped: AbortSignal,
): Membership {
  const { groupId } = group
  const topics = [...group.topics]
  let memberId = knownAs
  let generationId = -1
  let coordinator: WireBroker | null = null

  async function joinOnce(): Promise<Joined> {
    coordinator = await cluster.findGroupCoordinator({ groupId })
    const joined = await coordinator.joinGroup({
      groupId,
      sessionTimeout: limits.sessionMs,
      rebalanceTimeout: limits.rebalanceMs,
      memberId,
      groupProtocols: [assigner.protocol({ topics })],
    })
    memberId = joined.memberId
    generationId = joined.generationId
    const leads = joined.leaderId === memberId
    // Numbers of partitions may have changed.
    if (leads) await cluster.refreshMetadata()
    // Whatever is learnt of the topics from here on is not in the assignment.
    const counts = leads ? partitionCounts(cluster, topics) : null
    const groupAssignment = leads ? await assigner.assign({ members: joined.members, topics }) : []
    const knownAt = performance.now()
    const { memberAssignment } = await coordinator.syncGroup({
      groupId,
      generationId,
      memberId,
      groupAssignment,
    })
    return { partitions: partitionsOf(memberAssignment), counts, knownAt }
  }

  return {
    async join() {
      const until = performance.now() + limits.callMs
      for (;;) {
        try {
          return await joinOnce()
        } catch (error) {
          const moving = MOVING.includes(errorType(error) ?? '') && performance.now() < until
          if (!mustRejoin(error) && !moving) throw error
          if (errorType(error) === 'UNKNOWN_MEMBER_ID') memberId = ''
          await pause(limits.backoffMs[0], stopped)
          if (stopped.aborted) throw error
        }
      }
    },

    async heartbeat() {
      try {
        coordinator ??= await cluster.findGroupCoordinator({ groupId })
        await coordinator.heartbeat({ groupId, groupGenerationId: generationId, memberId })
      } catch (error) {
        if (!mustRejoin(error)) coordinator = null
        throw error
      }
    },

    async commit(offsets) {
      coordinator ??= await cluster.findGroupCoordinator({ groupId })
      const byTopic = Map.groupBy(offsets, ({ topic }) => topic)
      await coordinator.offsetCommit({
        groupId,
        groupGenerationId: generationId,
        memberId,
        topics: [...byTopic].map(([topic, of]) => ({
          topic,
          partitions: of.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
        })),
      })
    },

    async leave() {
      if (memberId === '' || !coordinator) return
      await coordinator.leaveGroup({ groupId, memberId })
      memberId = ''
    },

    memberId: () => memberId,
  }
}

/** Changes with the number of partitions of any topic. */
export function partitionCounts(cluster: Wire['cluster'], topics: readonly string[]): string {
  return topics.map((topic) => cluster.findTopicPartitionMetadata(topic).length).join()
}

function partitionsOf(encoded: Buffer): readonly TopicPartition[] {
  // A member without any partition gets nothing at all.
  const assignment = AssignerProtocol.MemberAssignment.decode(encoded)?.assignment ?? {}
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  )
}
