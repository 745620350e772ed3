export interface CheckResult {
  readonly name: string
  readonly ok: boolean
}

interface Check {
  readonly name: string
  /** A program of Bun's: its arguments. */
  readonly args: readonly string[]
  /** What to do when it fails, where the output does not say. */
  readonly hint?: string
}

// `--bun`: the tools, and what they start, run on Bun, so that no Node is needed.
const CHECKS: readonly Check[] = [
  { name: 'format', args: ['fmt', '--no-script', '--check'], hint: 'bun fmt puts it right.' },
  { name: 'types', args: ['check', '--no-script'] },
  { name: 'lint', args: ['run', '--silent', '--bun', 'oxlint'] },
  { name: 'import directions', args: ['scripts/check/imports.ts'] },
  { name: 'dead code', args: ['run', '--silent', '--bun', 'knip', '--no-progress'] },
]

/** Runs all checks, one after the other; what a failed one printed is shown. */
export async function runChecks(root: string): Promise<readonly CheckResult[]> {
  console.log(`── check`)
  const results: CheckResult[] = []
  for (const check of CHECKS) results.push(await runCheck(root, check))
  return results
}

async function runCheck(root: string, check: Check): Promise<CheckResult> {
  const startedAt = performance.now()
  const child = Bun.spawn([process.execPath, ...check.args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  const ok = exitCode === 0
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  if (!ok) console.log(`${output}${errors}`.trim())
  console.log(
    `${ok ? '✓' : '✗'} ${check.name} (${seconds} s)${ok || !check.hint ? '' : ` ${check.hint}`}`,
  )
  return { name: check.name, ok }
}
