import type { Bench } from '../lib/bench'
import { spawnBench, withChildren } from '../lib/children'
import type { OrderSize } from '../lib/backlog'
import { topicsOf } from '../lib/distributed'
import { FEED } from '../lib/log-check'
import { median } from '../lib/median'
import { redisFacts } from '../lib/redis-facts'
import type { Figure, Note, Report } from '../lib/report'
import { withServices } from '../lib/services'
import type { Services } from '../lib/services'
import { formatNumber } from '../lib/table'
import type { BareAppenderCommands } from '../servers/bare-appender'
import type { BareConsumerCommands } from '../servers/bare-consumer'
import type { ProducerCommands } from '../servers/producer'
import { drain } from './mirror-run'
import type { Drain, Filled } from './mirror-run'
import { redisMemory } from './redis-memory'

const AT_LEAST = 0.7
const SIZES: readonly OrderSize[] = ['whole', 'small']
/** About ten events each. */
const EVENTS_OF_CUSTOMER = 10
/** Entries of our log that the bare appender writes over and over. */
const SAMPLE = 50_000
/** A pipeline of so many commands, so many at a time: more of either made it no faster. */
const PIPELINE = { pipeline: 500, pipelinesInFlight: 4 }

interface Peer {
  readonly perSecond: number
  /** Microseconds a record: its own, and Redis'. */
  readonly cpu: number
  readonly redisCpu: number
}

interface Round {
  readonly ours: Drain
  readonly consumer: Peer
  readonly appender: Peer
}

/** A backlog on Kafka on its way into the log in Redis, by one worker. */
export function mirror(bench: Bench): Promise<Report> {
  return withServices(async (services) => {
    const reports: Report[] = []
    for (const size of SIZES) reports.push(await compare(bench, services, size))
    reports.push(await redisMemory(bench, services))
    return {
      figures: reports.flatMap(({ figures }) => figures),
      notes: reports.flatMap(({ notes }) => notes),
    }
  })
}

async function compare(bench: Bench, services: Services, size: OrderSize): Promise<Report> {
  const filled = await fill(bench, services, size)
  const rounds: Round[] = []
  for (let run = 0; run < bench.scale.runs; run++) {
    const round = await measure(bench, services, filled)
    rounds.push(round)
    bench.progress(
      `mirror, ${size} orders, run ${run + 1}: ours ${formatNumber(round.ours.perSecond)}, kafkajs ` +
        `${formatNumber(round.consumer.perSecond)}, ioredis ${formatNumber(round.appender.perSecond)} records/s`,
    )
  }
  return reportOf(size, filled, rounds)
}

/** Produces the backlog of a case; every run of it reads the same. */
export async function fill(bench: Bench, services: Services, size: OrderSize): Promise<Filled> {
  const { backlogRecords: records } = bench.scale
  const topics = topicsOf(`backlog.${size}.${crypto.randomUUID().slice(0, 8)}`)
  bench.progress(`producing a backlog of ${formatNumber(records)} ${size} orders`)
  const customers = Math.ceil(records / EVENTS_OF_CUSTOMER)
  return withChildren(async (keep) => {
    const producer = keep(await spawnBench<ProducerCommands>('servers/producer.ts'))
    const backlog = await producer.ask('fill', {
      ...{ broker: services.broker, topics, records, customers, size },
    })
    return { ...backlog, topics }
  })
}

async function measure(bench: Bench, services: Services, filled: Filled): Promise<Round> {
  const redis = await services.startRedis()
  try {
    const ours = await drain(bench, services, redis, filled)
    return {
      ours,
      consumer: await consume(services, filled),
      appender: await append(services, redis.url, filled.records),
    }
  } finally {
    await redis.stop()
  }
}

function consume({ broker }: Services, { topics, records }: Filled): Promise<Peer> {
  return withChildren(async (keep) => {
    const child = keep(await spawnBench<BareConsumerCommands>('servers/bare-consumer.ts'))
    const run = await child.ask('consume', { broker, topics, records })
    if (run.records !== records) throw new Error(`kafkajs read ${run.records} of ${records}`)
    return {
      perSecond: (records / run.ms) * 1_000,
      cpu: (run.cpuMs / records) * 1_000,
      redisCpu: 0,
    }
  })
}

function append(services: Services, logUrl: string, records: number): Promise<Peer> {
  return withChildren(async (keep) => {
    const redis = keep(await services.startRedis())
    const child = keep(await spawnBench<BareAppenderCommands>('servers/bare-appender.ts'))
    await child.ask('load', logUrl, FEED, Math.min(records, SAMPLE))
    const before = await redisFacts(redis.url)
    const run = await child.ask('append', { url: redis.url, records, ...PIPELINE })
    const after = await redisFacts(redis.url)
    return {
      perSecond: (records / run.ms) * 1_000,
      cpu: (run.cpuMs / records) * 1_000,
      redisCpu: ((after.cpuMs - before.cpuMs) / records) * 1_000,
    }
  })
}

function reportOf(size: OrderSize, filled: Filled, rounds: readonly Round[]): Report {
  const ours = rounds.map((round) => round.ours.perSecond)
  const consumer = rounds.map((round) => round.consumer.perSecond)
  const appender = rounds.map((round) => round.appender.perSecond)
  const slower = median(consumer) < median(appender) ? 'kafkajs' : 'ioredis'
  const counted = filled.records * rounds.length
  const against = (peer: 'kafkajs' | 'ioredis', peers: readonly number[]): Figure => ({
    name: `mirror: ${size} orders against bare ${peer}`,
    unit: 'records/s',
    peer: peer === 'kafkajs' ? 'kafkajs eachBatch' : 'ioredis XADD',
    ours,
    peers,
    limit: peer === slower ? { atLeast: AT_LEAST } : null,
    delivered: counted,
    expected: counted,
  })
  const cpu: Figure = {
    name: `CPU: mirror, ${size} orders, worker and Redis`,
    unit: 'µs/record',
    peer: 'both bare ones',
    ours: rounds.map((round) => round.ours.workerCpu + round.ours.redisCpu),
    peers: rounds.map(
      ({ consumer: read, appender: write }) => read.cpu + write.cpu + write.redisCpu,
    ),
    limit: null,
    delivered: null,
    expected: null,
  }
  return {
    figures: [against('kafkajs', consumer), against('ioredis', appender), cpu],
    notes: [describe(size, filled, rounds)],
  }
}

function describe(size: OrderSize, filled: Filled, rounds: readonly Round[]): Note {
  const middle = (of: (round: Round) => number): string => formatNumber(median(rounds.map(of)))
  return {
    about: `mirror, ${size} orders`,
    text:
      `${formatNumber(filled.records)} records, ${formatNumber(filled.valueBytes)} bytes of value, ` +
      `${formatNumber(filled.dataBytes)} of event; CPU a record: worker ` +
      `${middle(({ ours }) => ours.workerCpu)} µs and Redis ${middle(({ ours }) => ours.redisCpu)} µs, ` +
      `kafkajs ${middle(({ consumer }) => consumer.cpu)} µs, ioredis ` +
      `${middle(({ appender }) => appender.cpu)} µs and its Redis ${middle(({ appender }) => appender.redisCpu)} µs`,
  }
}
