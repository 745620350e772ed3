import { expect, spyOn, test } from 'bun:test'
import { createCommands } from './commands'

const refusal = new DOMException('Not allowed here.', 'SecurityError')

test('a wait that the browser refuses is over, and reported', async () => {
  const report = spyOn(globalThis, 'reportError').mockImplementation(() => {})
  await createCommands({ request: () => Promise.reject(refusal) }).settled()
  expect(report.mock.calls).toEqual([[refusal]])
  report.mockRestore()
})

test('what a command runs into is for whoever gave it', async () => {
  const { run, settled } = createCommands(null)
  const ran = await run(() => Promise.reject(refusal)).catch((error: unknown) => error)
  expect(ran).toBe(refusal)
  await settled()
})
