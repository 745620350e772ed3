import { expect, spyOn, test } from 'bun:test'
import type { Locks } from './tab-claims'
import { createCommands } from './commands'

const refusal = new DOMException('Not allowed here.', 'SecurityError')

interface Wait {
  readonly shared: boolean
  readonly grant: () => void
  granted: boolean
}

/** Locks as browsers give them: one after the other, those that are shared together. */
function createLocks(): Locks {
  const queues = new Map<string, Wait[]>()
  function grantNext(queue: readonly Wait[]): void {
    for (const [index, wait] of queue.entries()) {
      if (index > 0 && !(wait.shared && queue[index - 1]!.shared)) return
      if (!wait.granted) wait.grant()
      wait.granted = true
    }
  }
  return {
    async request(name: string, ...rest: readonly unknown[]) {
      const queue = queues.get(name) ?? []
      queues.set(name, queue)
      const { promise, resolve } = Promise.withResolvers<void>()
      const { mode } = rest[0] as LockOptions
      const own: Wait = { shared: mode === 'shared', grant: resolve, granted: false }
      queue.push(own)
      grantNext(queue)
      await promise
      try {
        return await (rest.at(-1) as () => unknown)()
      } finally {
        queue.splice(queue.indexOf(own), 1)
        grantNext(queue)
      }
    },
    query: async () => ({
      held: [...queues].flatMap(([name, queue]) => (queue[0]?.granted ? [{ name }] : [])),
    }),
  } as Locks
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('news wait for the commands under way, of whatever tab, and hold up no later one', async () => {
  const locks = createLocks()
  const [one, other] = [createCommands(locks), createCommands(locks)]
  const slow = Promise.withResolvers<string>()
  const later = Promise.withResolvers<string>()
  const log: string[] = []
  const ran = one.run(() => slow.promise)
  const waited = other.settled().then(() => log.push('settled'))
  await turn()
  void one.run(() => {
    log.push('later command')
    return later.promise
  })
  await turn()
  expect(log).toEqual(['later command'])
  slow.resolve('answer')
  expect(await ran).toBe('answer')
  await waited
  expect(log).toEqual(['later command', 'settled'])
  later.resolve('answer')
})

test('a wait that the browser refuses is over, and reported', async () => {
  const report = spyOn(globalThis, 'reportError').mockImplementation(() => {})
  const refuse = () => Promise.reject(refusal)
  await createCommands({ request: refuse, query: refuse }).settled()
  expect(report.mock.calls).toEqual([[refusal]])
  report.mockRestore()
})

test('what a command runs into is for whoever gave it', async () => {
  const { run, settled } = createCommands(null)
  const ran = await run(() => Promise.reject(refusal)).catch((error: unknown) => error)
  expect(ran).toBe(refusal)
  await settled()
})
