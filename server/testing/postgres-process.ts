import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../scripts/services/ports'
import { postgresUrl, startPostgres } from '../../scripts/services/postgres'
import type { Service } from '../../scripts/services/service'
import { tempFolder } from './temp-folder'

/** A PostgreSQL of one's own, for what the shared one must not suffer. Whoever starts it disposes of it. */
export interface PostgresProcess extends Service {
  readonly url: string
  readonly port: number
}

/**
 * Starts PostgreSQL in a temporary folder, on a free port of the loopback address; takes about 1 s.
 * @param settings as in postgresql.conf: `max_connections=5`
 */
export async function startPostgresProcess(
  settings: readonly string[] = [],
): Promise<PostgresProcess> {
  const port = await freePort()
  const temp = tempFolder()
  // It may run as a user of its own.
  chmodSync(temp.path, 0o711)
  try {
    const service = await startPostgres(
      { folder: join(temp.path, 'postgres'), port, settings },
      () => temp[Symbol.dispose](),
    )
    return Object.assign(service, { url: postgresUrl(port), port })
  } catch (error) {
    temp[Symbol.dispose]()
    throw error
  }
}
