/**
 * The import directions of the project: what docs/architecture.md describes, as one table. Paths are
 * globs from the project's folder. Tests, their support and the scripts put parts together freely;
 * only the doors bind them.
 */

/** Files that no rule but `doors` binds, and that no other file may import. */
export const SUPPORT: readonly string[] = [
  '**/*.test.{ts,tsx}',
  '**/*.features.ts',
  '**/features/**',
  '**/testing/**',
  'ui/e2e/**',
  'scripts/**',
]

export interface FolderRule {
  readonly files: string
  /** All that these files may import from the project, beside each other. */
  readonly mayImport: readonly string[]
  /** Of these the type only. */
  readonly mayImportTypes?: readonly string[]
  /** All packages that they may import; absent: any. */
  readonly packages?: readonly string[]
  readonly why: string
}

const CONTRACTS = ['server/protocol/**', 'server/errors.ts', 'server/lib/*']

/** The first row that matches a file binds it. */
export const FOLDERS: readonly FolderRule[] = [
  {
    files: 'server/protocol/**',
    mayImport: [],
    packages: [],
    why: 'the protocol imports nothing: clients share it',
  },
  {
    files: 'server/lib/**',
    mayImport: ['server/errors.ts', 'server/migrations/**'],
    why: 'lib knows nothing of orders or sockets',
  },
  {
    files: 'server/event-log/**',
    mayImport: CONTRACTS,
    why: 'the log knows entries, not those who write or read them',
  },
  {
    files: 'server/orders/{order-store,order-statements,projection}*.ts',
    mayImport: ['server/orders/**', ...CONTRACTS],
    mayImportTypes: ['server/event-log/**'],
    why: 'a store keeps orders; who serves them is not its business',
  },
  {
    files: 'server/kafka/**',
    mayImport: CONTRACTS,
    why: 'the wire knows records, not what becomes of them',
  },
  {
    files: 'server/orders/**',
    mayImport: [...CONTRACTS, 'server/auth/**', 'server/event-log/event-log.ts'],
    why: 'orders end at their store: what goes on from there is read from the log',
  },
  {
    files: 'server/{mirror,outbox}/**',
    mayImport: [
      ...CONTRACTS,
      'server/event-log/event-log.ts',
      'server/kafka/kafka.ts',
      'server/orders/projection.ts',
      'server/outbox/order-record.ts',
      'server/mirror/settings.ts',
    ],
    why: 'background loops work on interfaces, so that they run on every engine',
  },
  {
    files: 'server/hub/**',
    mayImport: [...CONTRACTS, 'server/event-log/*.ts', 'server/auth/principal.ts'],
    packages: [],
    why: 'the hub is a core without I/O: a log comes in, texts go out',
  },
  {
    files: 'server/socket/**',
    mayImport: [
      ...CONTRACTS,
      'server/hub/**',
      'server/auth/**',
      'server/event-log/event-log.ts',
      'server/orders/order-store.ts',
    ],
    why: 'the socket decodes frames and hands them to the hub',
  },
  {
    files: 'server/dead-letters/**',
    mayImport: [
      ...CONTRACTS,
      'server/auth/**',
      'server/mirror/dead-letter{,s}.ts',
      'server/orders/{optional-body,query}.ts',
    ],
    why: 'what staff ask of dead letters; who writes them is not its business',
  },
  {
    files: 'server/{auth,health}/**',
    mayImport: [...CONTRACTS, 'server/auth/**'],
    mayImportTypes: ['server/config.ts'],
    why: 'signing in and health serve all others and lean on none of them',
  },
  {
    files: 'server/**',
    mayImport: ['server/**', 'package.json'],
    why: 'the server knows nothing of user interfaces',
  },
  {
    files: 'ui/client/**',
    mayImport: ['server/protocol/**'],
    packages: [],
    why: 'the client works in any front end: it is the protocol and nothing else',
  },
  {
    files: 'ui/**',
    mayImport: ['ui/**', 'server/protocol/**'],
    mayImportTypes: ['server/app.ts'],
    why: "of the server the UI sees the protocol, and the app's type for the typed REST client",
  },
]

export interface TechnologyRule {
  /** The last part of a file's name (`event-log.sqlite.ts`), or a folder's (`migrations/sqlite/`). */
  readonly suffix: string
  /** Who may name such a file, beside files of the same technology. */
  readonly by: readonly string[]
}

const ENGINE_ROOTS = ['server/engine.ts', 'server/engine-*.ts']

/** Only the engine's composition names what an interface is made of. */
export const TECHNOLOGIES: readonly TechnologyRule[] = ['sqlite', 'redis', 'postgres'].map(
  (suffix) => ({ suffix, by: ENGINE_ROOTS }),
)
export const TECHNOLOGY_WHY = 'only engine*.ts names engines: all else works on interfaces'

export interface DoorRule {
  /** A package, with whatever lies in it. */
  readonly package: string
  readonly only: readonly string[]
}

/** One door a package: these files and no others import it (tests and scripts too). */
export const DOORS: readonly DoorRule[] = [
  { package: 'bun:sqlite', only: ['server/**/*.sqlite.ts', 'scripts/**', '**/*.test.ts'] },
  {
    package: 'ioredis',
    only: ['server/**/*.redis.ts', '**/*.test.ts', '**/testing/**', 'scripts/bench/**'],
  },
  { package: 'kafkajs', only: ['server/kafka/**', 'scripts/bench/**'] },
  { package: 'jose', only: ['server/auth/**', '**/testing/**', 'ui/e2e/**', 'scripts/**'] },
  { package: 'pino', only: ['server/lib/logger.ts'] },
  { package: 'prom-client', only: ['server/health/**'] },
  { package: 'swagger-ui-dist', only: ['server/openapi/**', 'server/openapi.ts'] },
  { package: 'playwright-core', only: ['ui/e2e/**', 'scripts/**'] },
  { package: 'socket.io', only: ['scripts/bench/**'] },
  // Its members count as uses of the runtime only under the name of the global.
  { package: 'node:process', only: [] },
  { package: 'solid-js', only: ['ui/src/**'] },
]
export const DOOR_WHY = 'one door a package, so that it can be replaced in one place'

export interface UseRule {
  readonly uses: readonly string[]
  /** Whom the rule binds; scripts, tests and their support are free. */
  readonly files: string
  readonly only: readonly string[]
  readonly why: string
}

const ROOTS = ['server/process.ts']

/** What belongs to a process as a whole. */
export const USES: readonly UseRule[] = [
  {
    uses: ['process.env', 'Bun.env', 'import.meta.env'],
    files: 'server/**',
    // It hands the environment to config.ts, whose function takes it as an argument.
    only: ['server/config.ts', ...ROOTS],
    why: 'only config.ts reads the environment',
  },
  {
    uses: ['.listen', 'Bun.serve', 'Bun.listen'],
    files: 'server/**',
    only: ['server/listen.ts'],
    why: 'only listen.ts listens, for main.ts and worker.ts',
  },
  {
    uses: ['process.on', 'process.once', 'process.addListener'],
    files: 'server/**',
    only: ROOTS,
    why: 'only process.ts traps signals, for main.ts and worker.ts',
  },
  {
    uses: ['process.exit', 'process.exitCode', 'process.abort', 'process.kill'],
    files: 'server/**',
    only: ROOTS,
    why: 'only process.ts ends the process, for main.ts and worker.ts',
  },
]
