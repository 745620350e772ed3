import { describe, expect, test } from 'bun:test'
import { checkDatabase, checkSuitable } from './suitable.redis'

const GOOD = {
  redis_version: '7.0.15',
  role: 'master',
  maxmemory_policy: 'noeviction',
  cluster_enabled: '0',
}

function infoOf(values: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...GOOD, ...values }).map(([name, value]) => `${name}:${value}`)
  return ['# Server', ...lines, ''].join('\r\n')
}

describe('a Redis is used', () => {
  test('from version 7 on, where it evicts nothing', () => {
    for (const version of ['7.0.15', '8.2.1', '10.0']) {
      const info = infoOf({ redis_version: version })
      expect(() => checkSuitable(info, 'server', 'a:1')).not.toThrow()
    }
    expect(() => checkSuitable(infoOf({ cluster_enabled: '1' }), 'cluster', 'a:1')).not.toThrow()
  })

  test('and otherwise refused in a sentence that says what is expected', () => {
    const reasons: [values: Record<string, string>, says: string, temporary: boolean][] = [
      [{ redis_version: '6.2.14' }, 'version 6.2.14: expected 7.0 or later', false],
      [{ maxmemory_policy: 'allkeys-lru' }, 'allkeys-lru', false],
      [{ maxmemory_policy: 'volatile-ttl' }, 'expected noeviction', false],
      [{ cluster_enabled: '1' }, 'redis+cluster://', false],
      [{ role: 'slave' }, 'replica', true],
    ]
    for (const [values, says, temporary] of reasons) {
      expect(() => checkSuitable(infoOf(values), 'server', 'a:1')).toThrow(says)
      try {
        checkSuitable(infoOf(values), 'server', 'a:1')
      } catch (error) {
        const code = temporary ? 'log_unreachable' : 'redis_unsuitable'
        expect(error).toMatchObject({ code, temporary })
      }
    }
  })

  test('only on the database that was asked for', () => {
    expect(() => checkDatabase('id=3 addr=x db=2 sub=0', 2, 'a:1')).not.toThrow()
    expect(() => checkDatabase('id=3 addr=x db=0 sub=0', 2, 'a:1')).toThrow('database 2')
    expect(() => checkDatabase('', 2, 'a:1')).toThrow('database 2')
  })
})
