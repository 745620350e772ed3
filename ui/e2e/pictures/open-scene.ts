import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestServer } from '../../../server/testing/test-server'
import { GUARDED } from '../shop-tokens'
import { createShop } from '../shop'
import { seedShop } from './seed'
import type { Scene, View } from './view'

const ENVIRONMENTS: Readonly<Record<NonNullable<View['shop']>, Readonly<Record<string, string>>>> =
  {
    empty: {},
    'without products': { SAMPLE_PRODUCTS: 'off' },
    guarded: GUARDED,
  }

/** Opens a shop that nobody has looked at before, the busy one if no other: only there are orders. */
export async function openScene(kind?: View['shop']): Promise<Scene & AsyncDisposable> {
  const dataDir = mkdtempSync(join(tmpdir(), 'orderwire-picture-'))
  const seeded = kind ? null : await seedShop(dataDir)
  const environment = kind ? ENVIRONMENTS[kind] : {}
  const server = await startTestServer({
    LOG_LEVEL: 'warn',
    HEARTBEAT_MS: '1000',
    DATA_DIR: dataDir,
    ...environment,
  })
  return {
    server,
    get seeded() {
      if (seeded === null) throw new Error(`Expected the busy shop, found: ${kind}`)
      return seeded
    },
    shop: createShop(server),
    async [Symbol.asyncDispose]() {
      await server.stop()
      rmSync(dataDir, { recursive: true })
    },
  }
}
