import { existsSync, mkdirSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

export const KAFKA_VERSION = '4.1.0'
const JAVA_AT_LEAST = 17

const POM = join(import.meta.dir, 'kafka.pom.xml')
/** Git-ignored; shared by all that is started from this folder, and kept when data are removed. */
const FOLDER = join(import.meta.dir, '../../.stack')
const JARS = join(FOLDER, `kafka-${KAFKA_VERSION}`)

/** The broker's jars, as a class path of `java`; null until `fetchKafka`. */
export function kafkaClassPath(): string | null {
  return existsSync(JARS) ? join(JARS, '*') : null
}

/** Gets the jars from Maven Central, once. Throws one sentence for people where it cannot. */
export async function fetchKafka(say: (line: string) => void): Promise<string> {
  const present = kafkaClassPath()
  if (present !== null) return present
  const mvn = Bun.which('mvn')
  if (mvn === null)
    throw new Error(
      'Kafka is got through Maven: install it (Debian, Ubuntu: apt-get install maven).',
    )

  say(`Getting Kafka ${KAFKA_VERSION} from Maven Central (43 MB) ...`)
  mkdirSync(FOLDER, { recursive: true })
  const partial = `${JARS}.partial-${process.pid}`
  const maven = Bun.spawn(
    [mvn, '-q', '-B', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`],
    { cwd: FOLDER, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const output = Promise.all([new Response(maven.stdout).text(), new Response(maven.stderr).text()])
  if ((await maven.exited) !== 0) {
    await rm(partial, { recursive: true, force: true })
    const reason = (await output).join('').trim().split('\n').slice(0, 3).join('\n')
    throw new Error(`Kafka's jars could not be got: is Maven Central within reach?\n${reason}`)
  }
  // Whole or not at all. Somebody who was faster has brought the same.
  await rename(partial, JARS).catch(() => rm(partial, { recursive: true, force: true }))
  return join(JARS, '*')
}

/** The `java` that runs Kafka; null where there is none that is new enough. */
export function findJava(): string | null {
  const home = process.env.JAVA_HOME
  const java = home ? join(home, 'bin/java') : Bun.which('java')
  if (java === null || !existsSync(java)) return null
  const version = Bun.spawnSync([java, '-version']).stderr.toString()
  return Number(/version "(\d+)/.exec(version)?.[1] ?? 0) >= JAVA_AT_LEAST ? java : null
}
