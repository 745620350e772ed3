import { startNginx } from '../../../scripts/services/nginx'
import { freePorts, LOOPBACK } from '../../../scripts/services/ports'
import { tempFolder } from '../../testing/temp-folder'

/** nginx, set up as people get it, before servers on ports of their own. */
export interface Proxy extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** What the server at this place has in its environment, each time that it starts. */
  envOf(place: number): Readonly<Record<string, string>>
}

/** Starts it before as many servers, which need not run yet. */
export async function startProxy(servers = 2): Promise<Proxy> {
  const [port = 0, ...ports] = await freePorts(1 + servers)
  const folder = tempFolder()
  const nginx = await startNginx({ folder: folder.path, port, servers: ports }, () =>
    folder[Symbol.dispose](),
  )
  return {
    url: `http://${LOOPBACK}:${port}`,
    port,
    envOf: (place) => ({ PORT: String(ports[place]), TRUSTED_PROXIES: LOOPBACK }),
    [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose](),
  }
}
