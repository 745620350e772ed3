import { expect, test } from 'bun:test'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const root = join(import.meta.dir, '../..')

async function scriptsTest(...args: readonly string[]) {
  const child = Bun.spawn(['scripts/test', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  const lastLine = output.trimEnd().split('\n').at(-1)
  return { exitCode: await child.exited, lastLine, output: output + errors }
}

/** Runs a test file of this text, which lies in the project for so long. */
async function outcomeOf(text: string) {
  // Under a folder that the runner looks into, and no other run of it.
  const folder = join(root, 'scripts/testing', `tmp-${process.pid}`)
  await mkdir(folder)
  try {
    await Bun.write(join(folder, 'a.test.ts'), text)
    return await scriptsTest('--only', 'unit', `tmp-${process.pid}/`)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('tests that pass', async () => {
  const { exitCode, lastLine } = await outcomeOf(
    `import { test } from 'bun:test'\ntest('a', () => {})\ntest('b', () => {})\n`,
  )
  expect(lastLine).toBe('2 passed, 0 failed')
  expect(exitCode).toBe(0)
})

test.each([
  ['a test that fails', `test('a', () => { throw new Error() })`, '1 passed, 1 failed'],
  ['a file that does not load', `throw new Error()`, '0 passed, 1 failed'],
  ['a test that ends the process', `test('a', () => process.exit(0))`, '0 passed, 1 failed'],
  ['a test that leaves out others', `test.only('a', () => {})`, '0 passed, 1 failed'],
])('%s', async (_name, text, last) => {
  const { exitCode, lastLine } = await outcomeOf(
    `import { test } from 'bun:test'\ntest('fine', () => {})\n${text}\n`,
  )
  expect(lastLine).toBe(last)
  expect(exitCode).toBe(1)
})

test('a pattern that matches nothing', async () => {
  const { exitCode, lastLine } = await scriptsTest('no-such-file')
  expect(lastLine).toBe('0 passed, 1 failed')
  expect(exitCode).toBe(1)
})

test('an option that does not exist', async () => {
  const { exitCode, output } = await scriptsTest('--onyl', 'unit')
  expect(output).toContain('scripts/test --help')
  expect(exitCode).toBe(2)
})
