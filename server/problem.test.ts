import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Elysia, t } from 'elysia'
import { AppError } from './errors'
import { createLogger } from './lib/logger'
import { answerFailure } from './problem'

/** Routes that fail in every way, over a listening server. */
const log: string[] = []
const logger = createLogger('info', (line) => void log.push(line))
const app = new Elysia()
  .onError(({ error, request }) => answerFailure(error, request, logger))
  .get('/defect', () => {
    throw new Error('hunter2 in SELECT * FROM users')
  })
  .get('/conflict', () => {
    const extensions = { allowed: ['processing'], status: 200, code: 'forged' }
    throw new AppError('illegal_transition', 409, 'A sentence.', { extensions })
  })
  .get('/later', () => {
    throw new AppError('store_unreachable', 503, 'Later.', {
      temporary: true,
      cause: new Error('connection refused'),
    })
  })
  // What goes out is wrong: the server's fault, whatever the type of the error.
  .get('/broken-answer', () => ({ total: 'hunter2' }) as unknown as { total: number }, {
    response: t.Object({ total: t.Number() }),
  })
  // Not an Error at all.
  .get('/text', () => Promise.reject<string>('hunter2'))

beforeAll(() => void app.listen({ port: 0, hostname: '127.0.0.1' }))
afterAll(() => app.stop(true))

async function ask(path: string) {
  log.length = 0
  const response = await fetch(`http://127.0.0.1:${app.server!.port}${path}`)
  return { response, text: await response.text() }
}

test.each(['/defect', '/broken-answer', '/text'])(
  'a defect is 500 without its text, which is in the log: %s',
  async (path) => {
    const { response, text } = await ask(path)
    expect(response.status).toBe(500)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(JSON.parse(text)).toMatchObject({ code: 'internal_error', status: 500 })
    expect(text).not.toContain('hunter2')
    expect(log).toHaveLength(1)
    expect(log[0]).toContain('hunter2')
    expect(JSON.parse(log[0]!)).toMatchObject({ level: 50, method: 'GET', path })
  },
)

test('extensions come along, and never replace a standard member', async () => {
  const { response, text } = await ask('/conflict')
  expect(response.status).toBe(409)
  expect(JSON.parse(text)).toEqual({
    type: 'urn:orderwire:problem:illegal_transition',
    title: 'Illegal transition',
    status: 409,
    detail: 'A sentence.',
    code: 'illegal_transition',
    allowed: ['processing'],
  })
  expect(log).toEqual([])
})

test('what may succeed later says so, and its cause is in the log alone', async () => {
  const { response, text } = await ask('/later')
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(text).not.toContain('refused')
  expect(log.join()).toContain('connection refused')
})
