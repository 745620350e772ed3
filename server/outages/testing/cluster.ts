import { SignJWT } from 'jose'
import { freshDatabase } from '../../testing/database.postgres'
import {
  startRedis,
  type RedisProcess,
  type RedisProcessOptions,
} from '../../testing/redis-process'
import { startServerProcess, type LogLine, type ServerProcess } from '../../testing/server-process'
import { freshTopics, testStack, type TopicNames } from '../../testing/stack'
import { tempFolder } from '../../testing/temp-folder'

export interface ClusterOptions {
  /** Another broker than the tests' shared one, for what that one must not suffer. */
  readonly broker?: string
  /** Another database (empty) than a fresh one on the shared server. */
  readonly databaseUrl?: string
  /** Of the Redis that it starts; by default every write is on disk before it is acknowledged. */
  readonly redis?: RedisProcessOptions
  /** Another address than that Redis' own: a proxy, a Sentinel. */
  readonly redisUrl?: (redis: RedisProcess) => string
  readonly env?: Readonly<Record<string, string>>
}

/** A server or a worker: a process of the product. */
export interface ClusterProcess {
  readonly url: string
  readonly pid: number
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves when it has ended by itself. Throws unless its exit code is 0. */
  stop(): Promise<void>
  /** SIGSTOP: its connections stay, nothing answers. */
  pause(): void
  resume(): void
  /** Resolves when it has ended, for whatever reason. */
  readonly gone: Promise<unknown>
  /** Resolves to the first line of its log with this text. */
  logged(text: string): Promise<LogLine>
}

/** Servers and workers on services of their own. */
export interface Cluster extends AsyncDisposable {
  readonly redis: RedisProcess
  readonly broker: string
  readonly databaseUrl: string
  readonly topics: TopicNames
  /** What every process of it has in its environment. */
  readonly env: Readonly<Record<string, string>>
  /** The servers that run, in the order in which they were started. */
  readonly servers: readonly ClusterProcess[]
  readonly workers: readonly ClusterProcess[]
  /** Resolves when it answers. */
  startServer(env?: Readonly<Record<string, string>>): Promise<ClusterProcess>
  startWorker(env?: Readonly<Record<string, string>>): Promise<ClusterProcess>
  /** @param expires one hour unless given: `2s` */
  token(subject: string, role?: 'customer' | 'staff', expires?: string): Promise<string>
}

const SECRET = 'a secret for the tests of outages'
/** Shorter than by default, so that a test sees several. */
const HEARTBEAT_MS = '500'

/** Starts a Redis and prepares topics and a database; no process of the product runs yet. */
export async function openCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const opened = new AsyncDisposableStack()
  try {
    const redis = opened.use(
      await startRedis({ appendonly: true, appendfsync: 'always', ...options.redis }),
    )
    const broker = options.broker ?? (await testStack()).broker
    const databaseUrl = options.databaseUrl ?? opened.use(await freshDatabase()).url
    const folder = opened.use(tempFolder())
    const topics = freshTopics()
    const env = {
      ...environment(topics),
      KAFKA_BROKER: broker,
      REDIS_URL: options.redisUrl?.(redis) ?? redis.url,
      DATABASE_URL: databaseUrl,
      ...options.env,
    }
    const running = { server: new Set<ClusterProcess>(), worker: new Set<ClusterProcess>() }
    opened.defer(() => killAll([...running.server, ...running.worker]))

    async function start(
      program: 'server' | 'worker',
      more: Readonly<Record<string, string>> = {},
    ): Promise<ClusterProcess> {
      const started = await startProcess(folder.path, program, { ...env, ...more })
      running[program].add(started)
      void started.gone.then(() => running[program].delete(started))
      return started
    }
    return {
      redis,
      broker,
      databaseUrl,
      topics,
      env,
      get servers() {
        return [...running.server]
      },
      get workers() {
        return [...running.worker]
      },
      startServer: (more) => start('server', more),
      startWorker: (more) => start('worker', more),
      token: signToken,
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

function environment(topics: TopicNames): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    JWT_SECRET: SECRET,
    HEARTBEAT_MS,
    KAFKA_PARTITIONS: '3',
    KAFKA_TOPIC_CREATED: topics.created,
    KAFKA_TOPIC_UPDATED: topics.updated,
    KAFKA_TOPIC_CANCELLED: topics.cancelled,
    KAFKA_TOPIC_DEAD_LETTER: topics.deadLetter,
    KAFKA_GROUP_ID: topics.groupId,
  }
}

async function startProcess(
  folder: string,
  program: 'server' | 'worker',
  env: Readonly<Record<string, string>>,
): Promise<ClusterProcess> {
  const started = startServerProcess({ folder, program, env })
  const { child } = started
  const gone = child.exited
  return {
    url: await listening(started, program),
    pid: child.pid,
    gone,
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    async stop() {
      child.kill('SIGTERM')
      const { code, stderr } = await started.ended()
      if (code !== 0) throw new Error(`the ${program} ended with exit code ${code}: ${stderr}`)
      await gone
    },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    logged: (text) => started.logged(text),
  }
}

/** Its address. One that does not come to listen is gone when this throws. */
async function listening(started: ServerProcess, program: string): Promise<string> {
  const ended = started.child.exited.then(async (code) => {
    const { stderr } = await started.ended()
    throw new Error(`the ${program} did not come to listen (exit code ${code}): ${stderr}`)
  })
  try {
    return await Promise.race([started.listening(), ended])
  } catch (error) {
    started.child.kill('SIGKILL')
    throw error
  }
}

async function killAll(processes: readonly ClusterProcess[]): Promise<void> {
  await Promise.all(processes.map((each) => each.kill()))
}

function signToken(
  subject: string,
  role: 'customer' | 'staff' = 'customer',
  expires = '1h',
): Promise<string> {
  return new SignJWT({ roles: role === 'staff' ? ['staff'] : [] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(SECRET))
}
