import { expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { KILL_STEPS, type Kill, type MirrorProcessOptions } from './testing/mirror-process'
import { namesOf, openScene, ordersNamed, until, type Scene } from './testing/scene'

const PROCESS = fileURLToPath(import.meta.resolve('./testing/mirror-process.ts'))

function spawnMirror(scene: Scene, groupId: string, kill: Kill | null) {
  const { created, updated, cancelled, deadLetter } = scene.topics
  const options: MirrorProcessOptions = {
    broker: scene.kafka.settings.brokers[0]!,
    redisUrl: scene.redis.url,
    topics: { created, updated, cancelled },
    deadLetterTopic: deadLetter,
    groupId,
    kill,
  }
  return Bun.spawn([process.execPath, PROCESS, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Orders with poison in between, in partitions of all three topics. */
async function produceMixed(scene: Scene, prefix: string): Promise<string[]> {
  const orders = [
    ...ordersNamed(prefix, 40),
    ...ordersNamed(prefix, 40, 2),
    ...ordersNamed(prefix, 40, 5),
  ]
  await scene.produce(orders.slice(0, 60))
  await scene.produce(ordersNamed(`${prefix}-poison`, 4), { value: `poison of ${prefix}` })
  await scene.produce(orders.slice(60))
  return namesOf(orders)
}

test('kill -9 at any step: each record is in the log once, each poison record is kept', async () => {
  await using scene = await openScene()
  const expected: string[] = []
  const kills = KILL_STEPS.map((step): Kill => ({ step, times: 1, signal: 'SIGKILL' }))
  kills.push({ step: 'before-append', times: 3, signal: 'SIGKILL' })
  kills.push({ step: 'after-append', times: 3, signal: 'SIGKILL' })
  for (const [round, kill] of kills.entries()) {
    expected.push(...(await produceMixed(scene, `r${round}`)))
    // Another group each time, as it takes a while until Kafka gives up a killed member.
    const child = spawnMirror(scene, `${scene.topics.groupId}-${round}`, kill)
    for (let more = 0; child.signalCode === null; more += 1) {
      expect(more).toBeLessThan(400)
      // However much it gathered into one append, there will be another one.
      const orders = ordersNamed(`r${round}-more${more}`, 2)
      expected.push(...namesOf(orders))
      await scene.produce(orders)
      await Promise.race([child.exited, Bun.sleep(50)])
    }
    expect(child.signalCode).toBe('SIGKILL')
  }
  scene.mirror()
  const logged = await scene.untilLogged(expected.length)
  expect(logged.toSorted()).toEqual(expected.toSorted())
  const letters = new Set(
    (await scene.letters()).map(({ value, key }) => `${String(value)} ${String(key)}`),
  )
  expect(letters.size).toBe(kills.length * 4)
}, 90_000)

test('a mirror that slept with records in hand while its partitions moved on does no harm', async () => {
  await using scene = await openScene()
  const freeze: Kill = { step: 'before-append', times: 3, signal: 'SIGSTOP' }
  const sleeper = spawnMirror(scene, scene.topics.groupId, freeze)
  let produced = 0
  const produce = async (count: number) => {
    await scene.produce(ordersNamed(`from${produced}`, count))
    produced += count
  }
  try {
    await until(async () => {
      await produce(20)
      return isStopped(sleeper.pid)
    }, 'its sleep')
    const second = scene.mirror()
    await produce(200)
    await scene.untilLogged(produced)
    sleeper.kill('SIGCONT')
    // It is a member again, and reads some of the partitions.
    await until(async () => {
      await produce(20)
      await scene.untilLogged(produced)
      return second.stats().appended < produced - 200
    }, 'both at work')
    const logged = await scene.untilLogged(produced)
    expect(logged.length).toBe(produced)
    expect(new Set(logged).size).toBe(produced)
    expect((await scene.entries()).filter(({ kind }) => kind === 'gap')).toEqual([])
  } finally {
    sleeper.kill('SIGKILL')
    await sleeper.exited
  }
}, 60_000)

/** Whether the process is frozen, as Linux has it. */
async function isStopped(pid: number): Promise<boolean> {
  const status = await Bun.file(`/proc/${pid}/status`).text()
  return /^State:\s*T/m.test(status)
}
