import { startTestStack, type TestStack } from '../services/test-stack'
import { needsOf } from './needs'
import { count, failure, summary, type Outcome } from './outcome'
import { ensurePrograms } from './programs'
import { runTier } from './run-tier'
import type { Tier } from './tiers'

/** The services of a run: they start while other things run. */
export interface RunStack extends AsyncDisposable {
  /**
   * Resolves once tests can use them, `TEST_STACK` in the environment says where; to the sentence
   * that says what is wrong where they cannot, and then tests that need them fail at once.
   */
  ready(): Promise<string | null>
}

/** Puts in place what the tiers' files need. What is missing still is an outcome. */
export async function prepare(
  root: string,
  tiers: readonly Tier[],
): Promise<{ readonly outcomes: readonly Outcome[]; readonly stack: RunStack | null }> {
  const needs = needsOf(
    root,
    tiers.flatMap((tier) => tier.files),
  )
  const missing = await ensurePrograms(needs.programs)
  return {
    outcomes: missing.map(failure),
    stack: needs.stack ? startStack() : null,
  }
}

type StackOrWhyNot = TestStack | { readonly failed: string }

function tellTests(stack: StackOrWhyNot): void {
  process.env.TEST_STACK = JSON.stringify(stack)
}

function startStack(): RunStack {
  const starting = startTestStack()
  // Asked for later, when the first tier needs it.
  starting.catch(() => {})
  return {
    async ready() {
      const stack: StackOrWhyNot = await starting.catch((error: unknown) => ({
        failed: error instanceof Error ? error.message : String(error),
      }))
      tellTests(stack)
      return 'failed' in stack ? stack.failed : null
    },
    async [Symbol.asyncDispose]() {
      await (await starting.catch(() => null))?.[Symbol.asyncDispose]()
    },
  }
}

/** Runs them one after the other, the stack at hand from the first on that may need it. */
export async function runTiers(
  root: string,
  tiers: readonly Tier[],
  stack: RunStack | null,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  let stands = stack === null
  tellTests({ failed: 'A test that needs services is an int test: end its name in .int.test.ts.' })
  for (const tier of tiers) {
    if (!stands && tier.kind !== 'unit') {
      stands = true
      const problem = await stack?.ready()
      if (problem) outcomes.push(failure(problem))
    }
    console.log(`\n── ${tier.name}: ${count(tier.files.length, 'file')}`)
    const startedAt = performance.now()
    const outcome = await runTier(root, tier)
    outcomes.push(outcome)
    for (const problem of outcome.problems) console.log(`✗ ${problem}`)
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
    console.log(`── ${tier.name}: ${summary(outcome)} in ${seconds} s`)
  }
  return outcomes
}
