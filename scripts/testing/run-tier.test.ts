import { describe, expect, test } from 'bun:test'
import { judge } from './run-tier'
import { readJunit } from './junit'
import { tierOf, tiersOf } from './tiers'

// As `bun test --reporter=junit` writes it.
const REPORT = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="5" assertions="1" failures="1" skipped="2" time="0.05">
  <testsuite name="a.test.ts" file="a.test.ts" tests="4" failures="1" skipped="2" hostname="vm">
    <testsuite name="x &gt; &quot;y&quot;" file="a.test.ts" line="2" tests="4" hostname="vm">
      <testcase name="a&gt;b ]]&gt; &lt;failure" classname="" time="0.1" file="a.test.ts" line="2" />
      <testcase name="fails" classname="" time="0.0" file="a.test.ts" line="2" assertions="1">
        <failure type="AssertionError" message="expected /&gt;">at a.test.ts:2:83</failure>
      </testcase>
      <testcase name="s" classname="" time="0" file="a.test.ts" line="2">
        <skipped />
      </testcase>
      <testcase name="t" classname="" time="0" file="a.test.ts" line="2">
        <skipped message="TODO" />
      </testcase>
    </testsuite>
  </testsuite>
  <testsuite name="b.test.ts" file="b.test.ts" tests="1" hostname="vm">
    <testcase name="passes" classname="" time="0.1" file="b.test.ts" line="2" />
  </testsuite>
</testsuites>`

test('a JUnit report is counted case by case', () => {
  expect(readJunit(REPORT)).toEqual({
    passed: 2,
    failed: 1,
    skipped: 2,
    files: new Set(['a.test.ts', 'b.test.ts']),
  })
})

describe('judge', () => {
  test('adds nothing where the report explains the exit code', () => {
    const outcome = judge(['a.test.ts', 'b.test.ts'], 1, REPORT)
    expect(outcome).toEqual({ passed: 2, failed: 1, skipped: 2, problems: [] })
  })

  test('a file of which no test ran is a failure, though the runner is content', () => {
    const outcome = judge(['a.test.ts', 'b.test.ts', 'c.test.ts'], 0, REPORT)
    expect(outcome.failed).toBe(2)
    expect(outcome.problems).toEqual(['c.test.ts: no test of it ran'])
  })

  test('no report at all fails every file', () => {
    expect(judge(['a.test.ts', 'b.test.ts'], 0, '').failed).toBe(2)
  })

  test('a runner that fails, though no test did, is a failure', () => {
    const passing = REPORT.replace(/<failure[\s\S]*?<\/failure>/, '')
    expect(judge(['a.test.ts', 'b.test.ts'], 0, passing).failed).toBe(0)
    expect(judge(['a.test.ts', 'b.test.ts'], 139, passing).failed).toBe(1)
  })
})

describe('tiers', () => {
  test.each([
    ['server/a.test.ts', 'unit'],
    ['server/a.int.test.ts', 'int'],
    ['ui/e2e/a.e2e.test.ts', 'e2e'],
    ['ui/src/a.test.tsx', 'unit'],
  ] as const)('%s is a %s test', (path, kind) => {
    expect(tierOf(path)).toBe(kind)
  })

  test('every file is in one tier', () => {
    const files = ['server/a.test.ts', 'ui/b.test.ts', 'server/c.int.test.ts', 'ui/d.e2e.test.ts']
    expect(tiersOf(files).flatMap((tier) => tier.files)).toEqual(files)
  })

  test('only the UI gets the browser build of its packages', () => {
    const tiers = tiersOf(['server/a.test.ts', 'ui/b.test.ts'])
    expect(tiers.map((tier) => tier.flags.includes('--conditions=browser'))).toEqual([false, true])
  })
})
