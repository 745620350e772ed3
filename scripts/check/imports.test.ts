import { afterEach, describe, expect, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkImports } from './imports'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

/** What the check says of a project of these files, as `path:line what`. */
async function findings(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = await mkdtemp(join(tmpdir(), 'orderwire-imports-'))
  folders.push(root)
  for (const [path, text] of Object.entries(files)) await Bun.write(join(root, path), text)
  const violations = await checkImports(root)
  return violations.map(({ path, line, what }) => `${path}:${line} ${what}`)
}

const EXPORTS = 'export interface X {}\nexport const x = 1\n'

/** Each row: a file, its text, and what is said of it (`''`: nothing). */
type Row = readonly [path: string, text: string, what: string]

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'protocol imports nothing': [
    ['server/protocol/a.ts', "import { x } from './b'", ''],
    ['server/protocol/a.ts', "import { x } from '../errors'", 'imports server/errors.ts'],
    ['server/protocol/a.ts', "import type { X } from '../errors'", 'imports server/errors.ts'],
    ['server/protocol/a.ts', "import { type X } from '../errors'", 'imports server/errors.ts'],
    ['server/protocol/a.ts', "export type { X } from '../errors'", 'imports server/errors.ts'],
    ['server/protocol/a.ts', "export * from '../errors'", 'imports server/errors.ts'],
    ['server/protocol/a.ts', "type A = import('../errors').X", 'imports server/errors.ts'],
    ['server/protocol/a.ts', "const a = await import('../errors')", 'imports server/errors.ts'],
    ['server/protocol/a.ts', "import 'elysia'", 'imports elysia'],
    ['server/protocol/a.ts', "import { join } from 'node:path'", 'imports node:path'],
    ['server/protocol/a.ts', "// import 'elysia'\nconst a = `import 'elysia'`", ''],
  ],
  'the log imports protocol, lib and errors': [
    ['server/event-log/event-log.ts', "import type { X } from '../protocol/b'", ''],
    ['server/event-log/event-log.ts', "import { x } from '../errors'", ''],
    ['server/event-log/event-log.sqlite.ts', "import { x } from '../lib/database.sqlite'", ''],
    [
      'server/event-log/event-log.ts',
      "import type { X } from '../hub/hub'",
      'imports server/hub/hub.ts',
    ],
  ],
  'only interfaces': [
    ['server/hub/a.ts', "import type { X } from '../event-log/event-log'", ''],
    ...['hub', 'mirror', 'outbox', 'socket'].map((folder): Row => [
      `server/${folder}/a.ts`,
      "import type { X } from '../event-log/event-log.sqlite'",
      'imports server/event-log/event-log.sqlite.ts',
    ]),
    ['server/hub/a.ts', "import { Elysia } from 'elysia'", 'imports elysia'],
  ],
  'only engine*.ts names engines': [
    ['server/engine.ts', "import { x } from './event-log/event-log.sqlite'", ''],
    ['server/engine-embedded.ts', "import { x } from './event-log/event-log.sqlite'", ''],
    [
      'server/app.ts',
      "import { x } from './event-log/event-log.sqlite'",
      'imports server/event-log/event-log.sqlite.ts',
    ],
    [
      'server/main.ts',
      "import type { X } from './lib/database.sqlite'",
      'imports server/lib/database.sqlite.ts',
    ],
    ['server/app.test.ts', "import { x } from './event-log/event-log.sqlite'", ''],
    ['server/testing/a.ts', "import { x } from '../event-log/event-log.sqlite'", ''],
    ['scripts/tool.ts', "import { x } from '../server/event-log/event-log.sqlite'", ''],
  ],
  'only config.ts reads the environment': [
    ['server/config.ts', 'const a = process.env.A', ''],
    ['server/process.ts', 'const a = process.env', ''],
    ['server/main.ts', 'const a = process.env', 'uses process.env'],
    ['server/app.ts', '\nconst a = process.env.A', 'uses process.env'],
    ['server/app.ts', "const a = process['env'].A", 'uses process.env'],
    ['server/app.ts', 'const a = globalThis.process.env.A', 'uses process.env'],
    ['server/app.ts', 'const { env } = process', 'uses process.env'],
    ['server/app.ts', 'const a = Bun.env.A', 'uses Bun.env'],
    ['server/app.ts', 'const a = import.meta.env.A', 'uses import.meta.env'],
    ['server/app.ts', "import { env } from 'node:process'", 'imports node:process'],
    ['server/app.ts', '// process.env.A', ''],
    ['server/app.ts', 'const a = { env: 1 }.env', ''],
    ['ui/vite.config.ts', 'const a = process.env.A', ''],
  ],
  'only listen.ts listens, only process.ts traps signals or exits': [
    ['server/process.ts', "process.on('SIGTERM', () => process.exit(0))", ''],
    ['server/listen.ts', 'app.listen(1)', ''],
    ['server/main.ts', 'app.listen(1)', 'uses .listen'],
    ['server/worker.ts', 'Bun.serve({})', 'uses Bun.serve'],
    ['server/app.ts', 'app.listen(1)', 'uses .listen'],
    ['server/app.ts', 'app.listen({ hostname, port })', 'uses .listen'],
    ['server/app.ts', 'app.listen(options)', 'uses .listen'],
    ['server/app.ts', 'new Elysia().listen()', 'uses .listen'],
    ['server/app.ts', 'hub.listen({ ended() {} })', ''],
    ['server/app.ts', 'outbox.listen(() => {}, signal)', ''],
    ['server/app.ts', "database.listen('outbox', written, signal)", ''],
    ['server/app.ts', 'Bun.serve({})', 'uses Bun.serve'],
    ['server/hub/a.ts', "process.once('SIGTERM', stop)", 'uses process.once'],
    ['server/hub/a.ts', 'process.exit(1)', 'uses process.exit'],
    ['server/hub/a.ts', 'process.exitCode = 1', 'uses process.exitCode'],
    ['server/testing/a.ts', 'app.listen(0)', ''],
    ['server/app.test.ts', 'app.listen(0)', ''],
  ],
  'of the server the UI sees the protocol and the type of the app': [
    ['ui/src/a.ts', "import { x } from '../../server/protocol/b'", ''],
    ['ui/src/a.ts', "import type { X } from '../../server/app'", ''],
    ['ui/src/a.ts', "import { x } from '../../server/app'", 'imports server/app.ts'],
    ['ui/src/a.ts', "import type { X } from '../../server/errors'", 'imports server/errors.ts'],
    ['ui/src/a.tsx', "import { x } from '../client/index'", ''],
    ['ui/client/a.ts', "import { x } from '../../server/protocol/b'", ''],
    ['ui/client/a.ts', "import type { X } from '../../server/app'", 'imports server/app.ts'],
    ['ui/client/a.ts', "import { x } from '../src/b'", 'imports ui/src/b.ts'],
    ['ui/client/a.ts', "import { createSignal } from 'solid-js'", 'imports solid-js'],
    ['server/app.ts', "import { x } from '../ui/src/b'", 'imports ui/src/b.ts'],
  ],
  'one door a package': [
    ['server/lib/database.sqlite.ts', "import { Database } from 'bun:sqlite'", ''],
    ['server/app.ts', "import type { Database } from 'bun:sqlite'", 'imports bun:sqlite'],
    ['server/app.ts', "type A = import('bun:sqlite').Database", 'imports bun:sqlite'],
    ['server/kafka/a.ts', "import { Kafka } from 'kafkajs'", ''],
    ['server/mirror/a.ts', "import { Kafka } from 'kafkajs'", 'imports kafkajs'],
    ['server/event-log/event-log.redis.ts', "import Redis from 'ioredis'", ''],
    ['server/event-log/event-log.ts', "import Redis from 'ioredis'", 'imports ioredis'],
    ['server/auth/a.ts', "import { jwtVerify } from 'jose'", ''],
    [
      'server/orders/a.ts',
      "import { jwtVerify } from 'jose/jwt/verify'",
      'imports jose/jwt/verify',
    ],
    ['server/event-log/event-log.sqlite.ts', "import Redis from 'ioredis'", 'imports ioredis'],
  ],
  'the product leans on no tests and no scripts': [
    ['server/app.ts', "import { x } from './testing/b'", 'imports server/testing/b.ts'],
    ['server/app.ts', "import { x } from '../scripts/b'", 'imports scripts/b.ts'],
    ['server/a.test.ts', "import { x } from './testing/b'", ''],
  ],
}

const NEIGHBOURS = [
  'server/errors.ts',
  'server/app.ts',
  'server/protocol/b.ts',
  'server/lib/database.sqlite.ts',
  'server/event-log/event-log.ts',
  'server/event-log/event-log.sqlite.ts',
  'server/hub/hub.ts',
  'server/testing/b.ts',
  'ui/client/index.ts',
  'ui/src/b.ts',
  'scripts/b.ts',
]

for (const [rule, rows] of Object.entries(ROWS))
  describe(rule, () => {
    test.each(rows)('%s: %s', async (path, text, what) => {
      const neighbours = Object.fromEntries(NEIGHBOURS.map((neighbour) => [neighbour, EXPORTS]))
      const line = text.startsWith('\n') ? 2 : 1
      expect(await findings({ ...neighbours, [path]: text })).toEqual(
        what === '' ? [] : [`${path}:${line} ${what}`],
      )
    })
  })

describe('cycles', () => {
  test('the shortest way round is reported, once', async () => {
    const files = {
      'server/a.ts': "import './b'\nimport './d'",
      'server/b.ts': "import './c'",
      'server/c.ts': "import './a'",
      'server/d.ts': "import './c'",
      'server/e.ts': "import './a'",
    }
    expect(await findings(files)).toEqual([
      'server/a.ts:1 imports itself: server/a.ts → server/b.ts → server/c.ts → server/a.ts',
    ])
  })

  test('a file that imports itself', async () => {
    expect(await findings({ 'server/a.ts': "import './a'" })).toEqual([
      'server/a.ts:1 imports itself: server/a.ts → server/a.ts',
    ])
  })

  test('of types count between folders, not within one', async () => {
    const files = {
      'server/hub/a.ts': "import type { X } from './b'",
      'server/hub/b.ts': "import { x } from './a'",
      'server/auth/a.ts': "import type { X } from '../lib/b'",
      'server/lib/b.ts': "import { x } from '../auth/a'",
    }
    expect(await findings(files)).toContain(
      'server/auth/a.ts:1 imports itself: server/auth/a.ts → server/lib/b.ts → server/auth/a.ts',
    )
    expect(await findings(files)).not.toContainEqual(expect.stringContaining('server/hub'))
  })

  test('two ways to one file are none', async () => {
    const files = {
      'server/a.ts': "import './b'\nimport './c'",
      'server/b.ts': "import './d'",
      'server/c.ts': "import './d'",
      'server/d.ts': '',
    }
    expect(await findings(files)).toEqual([])
  })
})

test('a file that does not parse is an error, not a file without imports', async () => {
  const outcome = findings({ 'server/a.ts': 'import {' }).catch(String)
  expect(await outcome).toContain('server/a.ts does not parse')
})
