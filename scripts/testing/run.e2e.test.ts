import { expect, test } from 'bun:test'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tempFolder } from '../../server/testing/temp-folder'
import { accepts } from '../services/ports'
import type { TestStack } from '../services/test-stack'

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
async function outcomeOf(text: string, only: 'unit' | 'int' = 'unit') {
  // Under a folder that the runner looks into, and no other run of it.
  const folder = join(root, 'scripts/testing', `tmp-${process.pid}`)
  await mkdir(folder)
  try {
    await Bun.write(join(folder, only === 'unit' ? 'a.test.ts' : 'a.int.test.ts'), text)
    return await scriptsTest('--only', only, `tmp-${process.pid}/`)
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

test('a unit test that asks for services is told what it is', async () => {
  const { lastLine, output } = await outcomeOf(
    `import { test } from 'bun:test'
    import { testStack } from '../../../server/testing/stack'
    test('a', async () => void (await testStack()))`,
  )
  expect(output).toContain('end its name in .int.test.ts')
  expect(lastLine).toBe('0 passed, 1 failed')
})

test('services are there for a run, and gone after it', async () => {
  using temp = tempFolder()
  const note = join(temp.path, 'stack.json')
  const { lastLine } = await outcomeOf(
    `import { expect, test } from 'bun:test'
    import { testStack } from '../../../server/testing/stack'
    import { accepts } from '../../services/ports'
    test('a', async () => {
      const stack = await testStack()
      expect(JSON.parse(process.env.TEST_STACK!)).toEqual(stack)
      await Bun.write(${JSON.stringify(note)}, JSON.stringify(stack))
      for (const address of ['tcp://' + stack.broker, stack.postgresUrl]) {
        const { hostname, port } = new URL(address)
        expect(await accepts(hostname, Number(port))).toBe(true)
      }
    })`,
    'int',
  )
  expect(lastLine).toBe('1 passed, 0 failed')
  const { broker, postgresUrl } = (await Bun.file(note).json()) as TestStack
  for (const address of [`tcp://${broker}`, postgresUrl]) {
    const { hostname, port } = new URL(address)
    expect(await accepts(hostname, Number(port))).toBe(false)
  }
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
