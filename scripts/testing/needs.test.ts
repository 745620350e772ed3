import { expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tempFolder } from '../../server/testing/temp-folder'
import { missingPrograms, type Program } from '../services/programs'
import { needsOf } from './needs'

const USES_STACK = `import { testStack } from '../testing/stack'`

/** The needs of test files in a project of these files. */
function needsIn(files: Readonly<Record<string, string>>) {
  using root = tempFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root.path, path)), { recursive: true })
    writeFileSync(join(root.path, path), text)
  }
  const tests = Object.keys(files).filter((path) => /\.test\.tsx?$/.test(path))
  const { stack, programs } = needsOf(root.path, tests)
  return { stack, packages: programs.map((program) => program.aptPackage) }
}

const SUPPORT = {
  'server/testing/stack.ts': `export function testStack() {}`,
  'server/testing/redis-process.ts': `export function startRedis() {}`,
}

test('a test that needs nothing gets nothing', () => {
  const needs = needsIn({
    ...SUPPORT,
    'server/a/a.int.test.ts': `import { b } from './b'`,
    'server/a/b.ts': '',
  })
  expect(needs).toEqual({ stack: false, packages: [] })
})

test('the stack is for those that come to it, by whatever way', () => {
  const { stack, packages } = needsIn({
    ...SUPPORT,
    'server/a/a.int.test.ts': `import { suite } from './a.features'\nsuite()`,
    'server/a/a.features.ts': `export * from './fixture'\n${USES_STACK}\ntestStack()`,
    'server/a/fixture.ts': `export const suite = () => import('./a.features')`,
  })
  expect(stack).toBe(true)
  expect(packages).toEqual(['default-jre-headless', 'maven', 'postgresql'])
})

test('a type is gone when the test runs', () => {
  const { stack } = needsIn({
    ...SUPPORT,
    'server/a/a.int.test.ts': `import type { TestStack } from '../testing/stack'`,
  })
  expect(stack).toBe(false)
})

test('a Redis of its own needs only Redis', () => {
  const needs = needsIn({
    ...SUPPORT,
    'server/a/a.int.test.ts': `import { startRedis } from '../testing/redis-process'\nstartRedis()`,
  })
  expect(needs).toEqual({ stack: false, packages: ['redis-server'] })
})

test('tests that start processes get every program', () => {
  const { packages } = needsIn({ 'server/a.e2e.test.ts': '' })
  expect(packages).toContain('chromium')
  expect(packages).toContain('nginx')
})

test('a unit test needs nothing, whatever comes along with what it imports', () => {
  const needs = needsIn({ ...SUPPORT, 'server/a/a.test.ts': `${USES_STACK}\ntestStack()` })
  expect(needs).toEqual({ stack: false, packages: [] })
})

test('a program that is missing is named with its package', () => {
  const program: Program = { label: 'Java 17 or newer', find: () => null, aptPackage: 'a-jre' }
  expect(missingPrograms([program, { ...program, find: () => '/usr/bin/java' }])).toEqual([
    'Java 17 or newer (Debian, Ubuntu: sudo apt-get install a-jre)',
  ])
})
