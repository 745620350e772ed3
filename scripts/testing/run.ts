import { delimiter, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { runChecks } from '../check/checks'
import { addUp, count, failure, type Outcome } from './outcome'
import { prepare, runTiers } from './run-tiers'
import { TIER_KINDS, findTestFiles, tiersOf } from './tiers'

const HELP = `scripts/test: runs the checks and all tests

  scripts/test                      everything: checks, then unit, int and e2e tests
  scripts/test --only unit          only this: check, unit, int or e2e; may be given more than once
  scripts/test hub ui/client        only the test files whose path contains one of the words

The last line is "N passed, N failed": checks and tests added up. The exit code is 1 when one failed.
Tests of the distributed engine get a Kafka and a PostgreSQL on free ports, started for this run and ended
with it. What is missing (Java, Maven, Redis, PostgreSQL, nginx, Chromium, curl) is installed through apt
where that may be; Chromium may also be named by CHROMIUM=/path.`

const ONLY = ['check', ...TIER_KINDS] as const
type Only = (typeof ONLY)[number]

interface Options {
  readonly only: ReadonlySet<Only>
  readonly patterns: readonly string[]
}

/** The options, or the sentence that says what is wrong with them. */
function readOptions(args: readonly string[]): Options | string {
  const isOnly = (value: string): value is Only => (ONLY as readonly string[]).includes(value)
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { only: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.help) return HELP
    const named = values.only ?? []
    if (!named.every(isOnly)) return `--only takes ${ONLY.join(', ')}.`
    // File patterns speak of tests, so they leave the checks out.
    const byDefault = positionals.length > 0 ? TIER_KINDS : ONLY
    return { only: new Set<Only>(named.length > 0 ? named : byDefault), patterns: positionals }
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)} (scripts/test --help)`
  }
}

const root = join(import.meta.dir, '../..')

async function run({ only, patterns }: Options): Promise<Outcome> {
  const outcomes: Outcome[] = []
  const files = findTestFiles(root, patterns)
  const tiers = tiersOf(files).filter((tier) => only.has(tier.kind))
  const testsWanted = TIER_KINDS.some((kind) => only.has(kind))
  if (testsWanted && tiers.length === 0)
    outcomes.push(failure(`No test file matches: ${[...only, ...patterns].join(' ')}`))

  const prepared = await prepare(root, tiers)
  await using stack = prepared.stack
  outcomes.push(...prepared.outcomes)
  if (only.has('check')) outcomes.push(await check())
  if (tiers.some((tier) => tier.kind === 'e2e')) {
    const built = await succeeds([process.execPath, 'scripts/build.ts', '--if-changed'])
    if (!built) outcomes.push(failure('The UI could not be built.'))
  }
  outcomes.push(...(await runTiers(root, tiers, stack)))
  return addUp(outcomes)
}

async function check(): Promise<Outcome> {
  const results = await runChecks(root)
  return {
    passed: results.filter((result) => result.ok).length,
    failed: results.filter((result) => !result.ok).length,
    skipped: 0,
    problems: results.filter((result) => !result.ok).map((result) => `check: ${result.name}`),
  }
}

async function succeeds(command: string[]): Promise<boolean> {
  const process = Bun.spawn(command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  return (await process.exited) === 0
}

const options = readOptions(process.argv.slice(2))
if (typeof options === 'string') {
  console.log(options)
  process.exit(options === HELP ? 0 : 2)
}

// Tests that start `bun` or a package's program find them, whatever the caller's PATH is.
process.env.PATH = [
  dirname(process.execPath),
  join(root, 'node_modules/.bin'),
  process.env.PATH ?? '',
].join(delimiter)

// What was started ends in order.
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

const total = await run(options)
for (const problem of total.problems) console.log(`✗ ${problem}`)
if (total.skipped > 0) console.log(`${count(total.skipped, 'test')} skipped`)
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)
