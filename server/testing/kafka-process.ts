import { join } from 'node:path'
import { startKafka } from '../../scripts/services/kafka'
import { freePorts } from '../../scripts/services/ports'
import type { Service } from '../../scripts/services/service'
import { tempFolder } from './temp-folder'

/** A broker of one's own, for what the shared one must not suffer. Whoever starts it disposes of it. */
export interface KafkaProcess extends Service {
  /** `host:port` */
  readonly broker: string
  readonly folder: string
}

export interface KafkaProcessOptions {
  /** Lines of server.properties, after ours: of two with the same key, the later one counts. */
  readonly properties?: (ports: {
    readonly port: number
    readonly controllerPort: number
    /** More that are free. */
    readonly more: readonly number[]
  }) => readonly string[]
  /** Options of the JVM. */
  readonly jvm?: readonly string[]
  /** Arguments for the making of its storage: `--add-scram`, `SCRAM-SHA-256=[name=a,password=b]`. */
  readonly format?: readonly string[]
}

/** Starts Kafka in a temporary folder, on free ports of the loopback address; takes some 4 s. */
export async function startKafkaProcess(options: KafkaProcessOptions = {}): Promise<KafkaProcess> {
  const [port = 0, controllerPort = 0, ...more] = await freePorts(4)
  const temp = tempFolder()
  const folder = join(temp.path, 'kafka')
  const { properties, jvm = [], format = [] } = options
  try {
    const service = await startKafka(
      {
        folder,
        port,
        controllerPort,
        // What lives for seconds only starts faster so.
        jvm: ['-XX:TieredStopAtLevel=1', ...jvm],
        format,
        properties: properties?.({ port, controllerPort, more }) ?? [],
      },
      () => temp[Symbol.dispose](),
    )
    return Object.assign(service, { broker: `127.0.0.1:${port}`, folder })
  } catch (error) {
    temp[Symbol.dispose]()
    throw error
  }
}
