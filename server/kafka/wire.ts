import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import {
  type Broker,
  type Cluster,
  Kafka as KafkaJs,
  logLevel,
  type logCreator,
  type PartitionAssigner,
  PartitionAssigners,
  type SASLOptions,
} from 'kafkajs'
import type { Logger } from '../lib/logger'
import { registerCodecs } from './codecs'
import type { OpenBatch } from './fetch-answer'
import type { KafkaLimits } from './limits'
import type { KafkaSettings } from './settings'

registerCodecs()

/** What a broker answers a fetch with, of one partition. */
export interface FetchedPartition {
  readonly partition: number
  readonly highWatermark: string
  /** Brokers before 2017 do not tell, as with what follows. */
  readonly lastStableOffset?: string
  readonly abortedTransactions?: readonly {
    readonly producerId: string
    readonly firstOffset: string
  }[]
  /** As kafkajs decodes them. */
  readonly messages: readonly FetchedRecord[]
  /** In their place where `fetchRecords` left them as they came. */
  readonly batches?: readonly OpenBatch[]
}

export interface FetchAnswer {
  readonly responses: readonly {
    readonly topicName: string
    readonly partitions: readonly FetchedPartition[]
  }[]
}

export interface FetchedRecord {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer | readonly Buffer[] | undefined>>
  readonly isControlRecord: boolean
  readonly batchContext?: {
    readonly firstOffset: string
    readonly lastOffsetDelta: number
    readonly producerId: string
    readonly inTransaction: boolean
  }
}

/** A broker as kafkajs has it: its types leave out half of the methods. */
export interface WireBroker extends Omit<Broker, 'fetch'> {
  fetch(...request: Parameters<Broker['fetch']>): Promise<FetchAnswer>
  joinGroup(request: {
    readonly groupId: string
    readonly sessionTimeout: number
    readonly rebalanceTimeout: number
    readonly memberId: string
    readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[]
  }): Promise<{
    readonly generationId: number
    readonly leaderId: string
    readonly memberId: string
    readonly members: { memberId: string; memberMetadata: Buffer }[]
  }>
  syncGroup(request: {
    readonly groupId: string
    readonly generationId: number
    readonly memberId: string
    readonly groupAssignment: readonly {
      readonly memberId: string
      readonly memberAssignment: Buffer
    }[]
  }): Promise<{ readonly memberAssignment: Buffer }>
  heartbeat(request: {
    readonly groupId: string
    readonly groupGenerationId: number
    readonly memberId: string
  }): Promise<unknown>
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>
  listOffsets(request: {
    readonly isolationLevel: number
    readonly topics: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[]
    }[]
  }): Promise<{
    readonly responses: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
    }[]
  }>
}

/** kafkajs' connections to all brokers, with what they last said of topics and leaders. */
export interface WireCluster extends Omit<Cluster, 'findBroker' | 'findGroupCoordinator'> {
  findBroker(node: { readonly nodeId: string | number }): Promise<WireBroker>
  findGroupCoordinator(group: { readonly groupId: string }): Promise<WireBroker>
}

/** One connected set of brokers. Nothing of it survives `end`. */
export interface Wire {
  readonly client: KafkaJs
  readonly cluster: WireCluster
  readonly assigner: ReturnType<PartitionAssigner>
  /** Cuts all connections; requests under way are rejected. */
  end(): void
}

/**
 * A client of its own, with sockets of its own, so that what went wrong with one is over with it.
 * Nothing is connected yet.
 */
export function createWire(settings: KafkaSettings, limits: KafkaLimits, logger: Logger): Wire {
  const sockets = new Set<Socket>()
  const client = new KafkaJs({
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    ssl: settings.tls
      ? {
          ca: settings.tls.ca ?? undefined,
          cert: settings.tls.cert ?? undefined,
          key: settings.tls.key ?? undefined,
        }
      : false,
    sasl: saslOf(settings),
    connectionTimeout: limits.connectMs,
    authenticationTimeout: limits.connectMs,
    requestTimeout: limits.requestMs,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3, factor: 0.2, multiplier: 2 },
    logLevel: levelOf(logger),
    logCreator: logCreatorOf(logger),
    socketFactory: ({ host, port, ssl, onConnect }) => {
      const named = host.includes(':') || /^[\d.]+$/.test(host) ? {} : { servername: host }
      const socket = ssl
        ? connectTls({ host, port, ...named, ...ssl }, onConnect)
        : connectTcp({ host, port }, onConnect)
      socket.setKeepAlive(true, 60_000)
      socket.setNoDelay(true)
      // Requests that fail together each end it, which adds a listener each while it connects.
      socket.setMaxListeners(0)
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      return socket
    },
  })
  const { cluster, assigner } = clusterOf(client)
  return {
    client,
    cluster,
    assigner,
    end() {
      // With an error, or kafkajs would wait for the answers of requests under way.
      for (const socket of sockets) socket.destroy(new Error('closed'))
    },
  }
}

/** kafkajs shows its cluster to those who assign partitions, and to nobody else. */
function clusterOf(client: KafkaJs) {
  let shown: { cluster: WireCluster; assigner: ReturnType<PartitionAssigner> } | undefined
  client.consumer({
    groupId: 'unused',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (options) => {
        const assigner = PartitionAssigners.roundRobin(options)
        shown = { cluster: options.cluster as unknown as WireCluster, assigner }
        return assigner
      },
    ],
  })
  return shown!
}

function saslOf({ sasl }: KafkaSettings): SASLOptions | undefined {
  if (!sasl) return undefined
  const { mechanism, username, password } = sasl
  return { mechanism, username, password }
}

/** kafkajs puts each line together before it asks whether anybody wants it. */
function levelOf(logger: Logger): logLevel {
  if (logger.isLevelEnabled('trace')) return logLevel.DEBUG
  return logger.isLevelEnabled('debug') ? logLevel.INFO : logLevel.NOTHING
}

/**
 * What kafkajs reports is tried again by it, or thrown to us and told once from there: all of it is
 * for those who debug.
 */
function logCreatorOf(logger: Logger): logCreator {
  return () =>
    ({ namespace, level, log }) => {
      const { message, timestamp: _timestamp, logger: _logger, ...rest } = log
      logger[level <= logLevel.INFO ? 'debug' : 'trace']({ kafkajs: namespace, ...rest }, message)
    }
}
