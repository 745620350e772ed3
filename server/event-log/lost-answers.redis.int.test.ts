import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { openTestLog, reachable } from '../testing/redis-log'
import { startRedis } from '../testing/redis-process'
import { startTcpProxy } from '../testing/tcp-proxy'
import { cursorOf } from './entry'
import {
  append,
  appended,
  checkpoint,
  EVERYTHING,
  fill,
  headOf,
  kindOrOffset,
  reasonOf,
  reasonsOf,
  record,
  until,
} from './features/fixtures'

setDefaultTimeout(20_000)

describe('a connection that died in silence', () => {
  test('is given up for another', async () => {
    await using redis = await startRedis()
    await using proxy = await startTcpProxy(redis.port)
    await using opened = await openTestLog(`redis://127.0.0.1:${proxy.port}`)
    const { log } = opened
    await fill(log, 0, 1)
    proxy.muteAnswers()
    expect(await reasonOf(log.newest(1, 1))).toMatchObject({ code: 'log_unreachable' })
    await reachable(log)
    expect((await log.newest(...EVERYTHING)).map(kindOrOffset)).toEqual(['open', 0, 1])
  })
})

describe('an answer that is lost', () => {
  test('is not asked for again: a record is in the log once, and so is a revocation', async () => {
    await using redis = await startRedis()
    await using proxy = await startTcpProxy(redis.port)
    await using opened = await openTestLog(`redis://127.0.0.1:${proxy.port}`)
    await using beside = await openTestLog(redis.url, { name: opened.name })
    const { log } = opened
    await fill(log, 0, 0)
    proxy.muteAnswers()
    const entries = async () => (await beside.log.newest(...EVERYTHING)).map(kindOrOffset)
    const writing = reasonsOf([
      append(log, checkpoint(0), record(1, 'ann')),
      log.note({ kind: 'revoke', note: 'ann' }),
      log.beat(0, 0),
    ])
    await until(async () => (await entries()).length === 5)
    proxy.cut()
    for (const reason of await writing) {
      expect(reason).toMatchObject({ code: 'log_unreachable', temporary: true })
    }
    await reachable(log)
    expect(await append(log, checkpoint(0), record(1, 'ann'))).toEqual(appended(0, checkpoint(1)))
    expect(await entries()).toEqual(['open', 0, 1, 'revoke', 'beat'])
    expect(cursorOf((await log.newest(1, 1e9))[0]!)).toBe(await headOf(beside.log))
  })
})
