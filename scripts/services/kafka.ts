import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchKafka, findJava } from './kafka-jars'
import { LOOPBACK } from './ports'
import { startService, type Service } from './service'

export interface KafkaOptions {
  /** For its configuration, its log and its data; made where it is missing. */
  readonly folder: string
  readonly port: number
  readonly controllerPort: number
  /** Lines of server.properties, after ours: of two with the same key, the later one counts. */
  readonly properties?: readonly string[]
  /** Options of the JVM (`-Xmx1g`, `-Djava.security.auth.login.config=…`), after ours. */
  readonly jvm?: readonly string[]
  /** Arguments for the making of its storage: `--add-scram`, `SCRAM-SHA-256=[name=a,password=b]`. */
  readonly format?: readonly string[]
  readonly detached?: boolean
  /** What it takes is said here, where it takes long. */
  readonly say?: (line: string) => void
}

// The one line that says that it serves, and what goes wrong.
const LOG4J = `status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
logger.started.name = kafka.server.KafkaRaftServer
logger.started.level = info
`

/** One node that is broker and controller, with every store that wants replicas content with one. */
function propertiesOf({ folder, port, controllerPort, properties = [] }: KafkaOptions): string {
  return [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@${LOOPBACK}:${controllerPort}`,
    `listeners=PLAINTEXT://${LOOPBACK}:${port},CONTROLLER://${LOOPBACK}:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://${LOOPBACK}:${port}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=PLAINTEXT',
    `log.dirs=${join(folder, 'log')}`,
    'auto.create.topics.enable=false',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=4',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    // After a crash the controller is to believe soon that the broker before has gone.
    'broker.session.timeout.ms=2000',
    'broker.heartbeat.interval.ms=500',
    'group.min.session.timeout.ms=500',
    'log.cleaner.dedupe.buffer.size=8388608',
    ...properties,
    '',
  ].join('\n')
}

/** Starts a broker (KRaft); resolves when it serves. The first start on a machine gets its jars. */
export async function startKafka(
  options: KafkaOptions,
  cleanUp?: () => void | Promise<void>,
): Promise<Service> {
  const { folder, port, jvm = [], say = () => {} } = options
  const classPath = await fetchKafka(say)
  const java = findJava()
  if (java === null) throw new Error('Java 17 or newer, which Kafka runs on, is not installed.')
  mkdirSync(folder, { recursive: true })
  const properties = join(folder, 'server.properties')
  const log4j = join(folder, 'log4j2.properties')
  writeFileSync(properties, propertiesOf(options))
  writeFileSync(log4j, LOG4J)

  const run = (...args: readonly string[]) => [
    ...[java, '-Xms64m', '-Xmx512m', '-XX:+UseSerialGC', `-Dlog4j2.configurationFile=${log4j}`],
    // What it would leave in the system's folder for such.
    ...['-XX:-UsePerfData', `-Djava.io.tmpdir=${folder}`],
    ...[...jvm, '-cp', classPath, ...args],
  ]
  if (!existsSync(join(folder, 'log/meta.properties')))
    await format(run('kafka.tools.StorageTool'), properties, options.format ?? [])
  return startService(
    {
      name: `Kafka on port ${port}`,
      command: run('kafka.Kafka', properties),
      folder,
      logFile: join(folder, 'kafka.log'),
      ready: (log) => log.includes('Kafka Server started'),
      detached: options.detached ?? false,
    },
    cleanUp,
  )
}

async function format(
  tool: readonly string[],
  properties: string,
  args: readonly string[],
): Promise<void> {
  const id = crypto.getRandomValues(new Uint8Array(16)).toBase64({ alphabet: 'base64url' })
  const cluster = id.replace(/=+$/, '').replace(/^-/, 'A')
  const child = Bun.spawn([...tool, 'format', '-t', cluster, '-c', properties, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if ((await child.exited) !== 0)
    throw new Error(`Kafka's storage could not be made:\n${output}${errors}`)
}
