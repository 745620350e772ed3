import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readJunit } from './junit'
import type { Outcome } from './outcome'
import type { Tier } from './tiers'

/** Against one that never ends. */
const TIER_LIMIT_MS = 20 * 60_000

/**
 * Runs the tier's files with `bun test`, whose output goes to the terminal. Counts from its JUnit
 * report; a file of which no test ran (it did not load, or ended the process) counts as one failure,
 * and so does a runner that fails without saying which test did.
 */
export async function runTier(root: string, tier: Tier): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'orderwire-test-'))
  const reportFile = join(folder, 'junit.xml')
  try {
    const runner = Bun.spawn(
      [
        process.execPath,
        'test',
        ...tier.flags,
        '--only-failures',
        '--reporter=junit',
        `--reporter-outfile=${reportFile}`,
        ...tier.files.map((path) => `./${path}`),
      ],
      {
        cwd: root,
        stdio: ['ignore', 'inherit', 'inherit'],
        timeout: TIER_LIMIT_MS,
        // Playwright takes a SIGTERM for a wish to close its browsers, and the tests would go on.
        killSignal: 'SIGKILL',
        // Bun then refuses `test.only`, which would leave out tests in silence.
        env: { ...process.env, CI: '1' },
      },
    )
    const end = () => runner.kill()
    process.once('exit', end)
    const exitCode = await runner.exited
    process.off('exit', end)
    const report = Bun.file(reportFile)
    return judge(tier.files, exitCode, (await report.exists()) ? await report.text() : '')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The outcome of a run of `files` that ended with `exitCode` and wrote `junit` (`''`: nothing). */
export function judge(files: readonly string[], exitCode: number, junit: string): Outcome {
  const report = readJunit(junit)
  const problems = files
    .filter((path) => !report.files.has(path))
    .map((path) => `${path}: no test of it ran`)
  if (exitCode !== 0 && report.failed + problems.length === 0)
    problems.push(`bun test ended with code ${exitCode}, though no test failed`)
  return {
    passed: report.passed,
    failed: report.failed + problems.length,
    skipped: report.skipped,
    problems,
  }
}
