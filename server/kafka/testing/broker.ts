import { join } from 'node:path'
import { startKafka } from '../../../scripts/services/kafka'
import { freePorts } from '../../../scripts/services/ports'
import type { Service } from '../../../scripts/services/service'
import { tempFolder } from '../../testing/temp-folder'

export interface BrokerOptions {
  /** Listeners beside the plain one, by name: the protocol, and the port that is told to clients. */
  readonly listeners?: Readonly<Record<string, { readonly protocol: string; advertised?: number }>>
  readonly properties?: (folder: string) => readonly string[]
  readonly format?: readonly string[]
}

/** A broker of one's own, to be killed, held still, or asked for a password. */
export interface OwnBroker extends AsyncDisposable {
  readonly service: Service
  /** `host:port` of the plain listener. */
  readonly address: string
  /** Of each other listener the port. */
  readonly ports: Readonly<Record<string, number>>
}

export async function startBroker(options: BrokerOptions = {}): Promise<OwnBroker> {
  const temp = tempFolder()
  const names = Object.keys(options.listeners ?? {})
  const [port, controllerPort, ...rest] = (await freePorts(names.length + 2)) as [number, number]
  const ports = Object.fromEntries(names.map((name, at) => [name, rest[at]!]))
  const listener = (name: string, at: number) => `${name}://127.0.0.1:${at}`
  const all = (own: (name: string) => number) => [
    listener('PLAINTEXT', port),
    ...names.map((name) => listener(name, own(name))),
  ]
  const protocols = names.map((name) => `${name}:${options.listeners![name]!.protocol}`)
  const service = await startKafka(
    {
      folder: join(temp.path, 'kafka'),
      port,
      controllerPort,
      format: options.format,
      properties: [
        `listeners=${[...all((name) => ports[name]!), listener('CONTROLLER', controllerPort)].join()}`,
        `advertised.listeners=${all((name) => options.listeners![name]!.advertised ?? ports[name]!).join()}`,
        `listener.security.protocol.map=${['PLAINTEXT:PLAINTEXT', 'CONTROLLER:PLAINTEXT', ...protocols].join()}`,
        ...(options.properties?.(temp.path) ?? []),
      ],
    },
    () => temp[Symbol.dispose](),
  )
  return {
    service,
    address: `127.0.0.1:${port}`,
    ports,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}
