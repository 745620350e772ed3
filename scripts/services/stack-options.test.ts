import { expect, test } from 'bun:test'
import { HELP, readStackOptions } from './stack-options'

const read = (args: string, env: Record<string, string> = {}) =>
  readStackOptions(args.split(' ').filter(Boolean), env, '/orderwire')

test('all services, on well-known ports, in the data folder', () => {
  expect(read('up')).toEqual({
    command: 'up',
    services: ['kafka', 'redis', 'postgres', 'nginx'],
    folder: '/orderwire/data/stack',
    ports: { kafka: null, redis: null, postgres: null, nginx: null },
    servers: null,
    wipe: false,
    follow: false,
  })
})

test('an option wins over the environment, a named port over free ones', () => {
  const env = { STACK_REDIS_PORT: '7000', STACK_KAFKA_PORT: '9999', STACK_PORTS: 'free' }
  expect(read('up redis --redis-port 7001 --servers 1,2,3 --dir /tmp/a', env)).toMatchObject({
    services: ['redis'],
    ports: { kafka: 9999, redis: 7001, postgres: 'free', nginx: 'free' },
    servers: [1, 2, 3],
    folder: '/tmp/a',
  })
})

test('what is wrong is said in one sentence', () => {
  expect(read('')).toBe(HELP)
  expect(read('start')).toContain('"start" is none of up, down')
  expect(read('up mysql')).toContain('"mysql" is none of kafka, redis')
  expect(read('up --ports 5')).toContain('--ports 5 is none of free')
  expect(read('up --kafka-port 99999')).toContain('expected a port from 1 to 65535')
  expect(read('up', { STACK_REDIS_PORT: 'x' })).toContain('--redis-port is "x"')
  expect(read('up --prots free')).toBe("Unknown option '--prots' (scripts/stack --help)")
})
