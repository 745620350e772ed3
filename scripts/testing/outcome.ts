/** What became of some tests. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** What failed beside tests that say so themselves, one sentence each. */
  readonly problems: readonly string[]
}

/** One failure that no test stands for; said at once. */
export function failure(problem: string): Outcome {
  console.log(`✗ ${problem}`)
  return { passed: 0, failed: 1, skipped: 0, problems: [problem] }
}

export function addUp(outcomes: readonly Outcome[]): Outcome {
  const sum = (figure: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + figure(outcome), 0)
  return {
    passed: sum((outcome) => outcome.passed),
    failed: sum((outcome) => outcome.failed),
    skipped: sum((outcome) => outcome.skipped),
    problems: outcomes.flatMap((outcome) => outcome.problems),
  }
}

export function summary(outcome: Outcome): string {
  const skipped = outcome.skipped > 0 ? `, ${outcome.skipped} skipped` : ''
  return `${outcome.passed} passed, ${outcome.failed} failed${skipped}`
}

export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}
