import type { Logger } from '../lib/logger'
import { pause } from '../lib/pause'
import { createBackoff, untilAborted } from './backoff'
import { createCommits } from './commits'
import { sentenceOf, withDeadline } from './failures'
import { type Consumer, type ConsumerHandler, partitionName, type TopicPartition } from './kafka'
import type { KafkaLimits } from './limits'
import type { Joined } from './membership'
import { createReading, type Reading } from './partition'
import { createPlaces } from './places'
import { createSession, type Session } from './session'
import type { KafkaSettings } from './settings'
import { createWire } from './wire'

export interface ConsumerOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  readonly handler: ConsumerHandler
  readonly settings: KafkaSettings
  readonly limits: KafkaLimits
  readonly logger: Logger
}

/**
 * A member of a group for as long as it is not stopped: sessions come and go, each with connections
 * of its own. kafkajs' own consumer is not used: it waits for all partitions of a fetch before the
 * next one, and answers an offset out of range with a silent jump.
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { groupId, topics, handler, settings, limits } = options
  const logger = options.logger.child({ groupId })
  const stopping = new AbortController()
  const stopped = stopping.signal
  /** All that were ever assigned: one that comes back waits for its batch of before. */
  const known = new Map<string, Reading>()
  const assigned = new Map<string, Reading>()
  const commits = createCommits()
  const places = createPlaces({
    handler,
    limits,
    logger,
    stopped,
    isAssigned: ({ name }) => assigned.has(name),
  })
  let session: Session | null = null
  let memberId = ''
  let leaseUntil = 0
  let leaseLost = true
  let fetchedAt = 0
  let pumping = false
  let state = ''

  /** Once for each change, however often it is tried. */
  function say(level: 'info' | 'warn', sentence: string): void {
    if (sentence === state) return
    state = sentence
    logger[level](sentence)
  }

  function reads(): string {
    return `reads ${[...assigned.keys()].toSorted().join(', ') || 'no partition'}`
  }

  /** Once for all that changes within one turn, so that one fetch asks for all of it. */
  function onRoom(): void {
    if (pumping) return
    pumping = true
    queueMicrotask(() => {
      pumping = false
      session?.pump()
    })
  }

  function readingOf(partition: TopicPartition): Reading {
    const name = partitionName(partition)
    const there = known.get(name)
    if (there) return there
    const reading = createReading(partition, {
      handler,
      limits,
      logger,
      stopped,
      checkLease,
      onRoom,
    })
    known.set(name, reading)
    return reading
  }

  function revoke(): void {
    const readings = [...assigned.values()]
    assigned.clear()
    for (const reading of readings) reading.place(null)
    if (readings.length > 0) handler.revoked?.(readings.map(atOf))
  }

  /** A member that slept longer than the group waits must not take anything for its own any more. */
  function checkLease(): void {
    if (leaseLost || performance.now() < leaseUntil) return
    leaseLost = true
    revoke()
  }

  function onJoined({ partitions, knownAt }: Joined): void {
    leaseUntil = knownAt + limits.sessionMs
    leaseLost = false
    for (const partition of partitions) assigned.set(partitionName(partition), readingOf(partition))
    for (const reading of assigned.values()) reading.place(null)
    // What was not sent before is of a time when others could read the same.
    commits.clear()
    say('info', reads())
    if (assigned.size > 0) void places.find([...assigned.values()])
  }

  async function runSession(): Promise<void> {
    const wire = createWire(settings, limits, logger)
    session = createSession({
      wire,
      groupId,
      topics,
      memberId,
      limits,
      logger,
      stopped,
      readings: () => [...assigned.values()],
      onRevoked: revoke,
      onJoined,
      onKnown(at) {
        checkLease()
        leaseUntil = at + limits.sessionMs
      },
      leaseLost() {
        checkLease()
        return leaseLost
      },
      onFetched: () => (fetchedAt = Date.now()),
      onLost: places.lost,
      onWaiting: (sentence) => say('warn', sentence),
      onTrouble: (error) => say('warn', sentenceOf(error, settings)),
      onWell: () => say('info', reads()),
      commits,
    })
    try {
      // A join can wait for other members; a stop does not.
      await untilAborted(session.run(), stopped)
    } finally {
      memberId = session.memberId()
      if (stopped.aborted) await leave(session)
      revoke()
      session = null
      wire.end()
    }
  }

  async function leave(ending: Session): Promise<void> {
    const handlers = Promise.all([...known.values()].map((reading) => reading.idle()))
    try {
      await withDeadline(handlers, limits.stopMs, 'stop by the handler of a batch')
      await withDeadline(ending.leave(), limits.stopMs, 'leaving the group')
    } catch (error) {
      logger.debug({ err: error }, 'the group was not left in order')
    }
  }

  async function supervise(): Promise<void> {
    const backoff = createBackoff(limits.backoffMs)
    while (!stopped.aborted) {
      const startedAt = performance.now()
      try {
        await runSession()
      } catch (error) {
        if (stopped.aborted) return
        say('warn', sentenceOf(error, settings))
        logger.debug({ err: error }, 'a session with Kafka ended')
        if (performance.now() - startedAt > limits.stalledMs) backoff.reset()
        await pause(backoff.next(), stopped)
      }
    }
  }

  const supervised = supervise()
  return {
    assignment: () => [...assigned.values()].map(atOf),
    seek(partition, offset) {
      assigned.get(partitionName(partition))?.place(offset)
    },
    position: (partition) => assigned.get(partitionName(partition))?.position() ?? null,
    commit({ topic, partition }, offset) {
      if (assigned.has(partitionName({ topic, partition })))
        commits.add({ topic, partition, offset })
    },
    fetchedAt: () => fetchedAt,
    async stop() {
      stopping.abort()
      for (const reading of known.values()) reading.place(null)
      await supervised
    },
  }
}

function atOf({ topic, partition }: Reading): TopicPartition {
  return { topic, partition }
}
