import { expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { expectComplete, openShop, type Shop } from './testing/shop'

const KILLS = 3
const LEASE_MS = 300
const PROCESS = fileURLToPath(import.meta.resolve('./testing/relay-process.ts'))

/** A relay in a process of its own. `await using` kills it. */
interface RelayProcess extends AsyncDisposable {
  /** Itself, the next time that Kafka has acknowledged rows. */
  acknowledged(): Promise<RelayProcess>
}

function startRelay(shop: Shop, hang = ''): RelayProcess {
  const child = Bun.spawn(
    [
      process.execPath,
      PROCESS,
      shop.url,
      shop.broker,
      JSON.stringify(shop.topics),
      String(LEASE_MS),
      hang,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines = child.stdout.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  return {
    async acknowledged() {
      const { done } = await lines.next()
      if (done) throw new Error('the relay ended')
      return this
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await child.exited
      expect(child.signalCode).toBe('SIGKILL')
    },
  }
}

test('a relay that is killed between send and mark sends a fact twice, and loses none', async () => {
  await using shop = await openShop()
  await shop.write('order-1', 1, 2, 3)
  {
    await using relay = startRelay(shop, 'hang')
    await relay.acknowledged()
  }
  expect((await shop.outbox.backlog()).unsent).toBe(3)
  {
    await using relay = startRelay(shop)
    await relay.acknowledged()
    await shop.untilEmpty()
  }
  const sent = await shop.sent()
  expectComplete(sent, new Map([['order-1', 3]]))
  expect(sent.length).toBe(6)
})

test('relays that are killed at any moment while orders are written lose nothing', async () => {
  await using shop = await openShop()
  const written = new Map<string, number>()
  const writing = { on: true }
  const writers = Array.from({ length: 3 }, async (_, writer) => {
    for (let number = 0; writing.on; number++) {
      const orderId = `order-${writer}-${number}`
      await shop.write(orderId, 1, 2, 3)
      written.set(orderId, 3)
      await Bun.sleep(5)
    }
  })
  for (let kill = 0; kill < KILLS; kill++) {
    await using one = startRelay(shop)
    await using other = startRelay(shop)
    // Whichever holds the lease is killed; the other takes over when that has run out.
    const holder = await Promise.race([one, other].map((relay) => relay.acknowledged()))
    await Bun.sleep(Math.random() * 50)
    await holder[Symbol.asyncDispose]()
    await (holder === one ? other : one).acknowledged()
  }
  writing.on = false
  await Promise.all(writers)
  shop.relay()
  await shop.untilEmpty()
  expect(written.size).toBeGreaterThan(KILLS)
  expectComplete(await shop.sent(), written)
})
