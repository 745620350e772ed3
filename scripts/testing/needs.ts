import { SERVICE_PROGRAMS, type Program } from '../services/programs'
import { findChromium } from './chromium'
import { createReach } from './reach'
import { tierOf } from './tiers'

/** What a selection of test files needs beside Bun and packages. */
export interface Needs {
  /** The services that tests share. */
  readonly stack: boolean
  readonly programs: readonly Program[]
}

const STACK = 'server/testing/stack.ts'
/** What starts a service, and which one. */
const STARTERS = [
  ['server/testing/redis-process.ts', 'redis'],
  ['server/testing/kafka-process.ts', 'kafka'],
  ['server/testing/postgres-process.ts', 'postgres'],
  ['scripts/services/nginx.ts', 'nginx'],
] as const

const ALWAYS: readonly Program[] = [
  { label: 'Chromium', find: findChromium, aptPackage: 'chromium' },
  { label: 'curl', find: () => Bun.which('curl'), aptPackage: 'curl' },
]

/**
 * Found by what the files import: only what is used is installed and started. A unit test needs nothing,
 * whatever comes along with what it imports.
 */
export function needsOf(root: string, files: readonly string[]): Needs {
  const reach = createReach(root)
  const reached = files.filter((path) => tierOf(path) !== 'unit').map(reach)
  const anyReaches = (target: string) => reached.some((set) => set.has(target))

  const stack = anyReaches(STACK)
  const services = STARTERS.filter(([starter]) => anyReaches(starter)).map(([, name]) => name)
  // Those that start processes may start any of them, as people would.
  const all = files.some((path) => tierOf(path) === 'e2e')
  const names = new Set(all ? STARTERS.map(([, name]) => name) : services)
  if (stack) names.add('kafka').add('postgres')
  return {
    stack,
    programs: [
      ...(all ? ALWAYS : []),
      ...[...names].flatMap((name) => [...SERVICE_PROGRAMS[name]]),
    ],
  }
}
