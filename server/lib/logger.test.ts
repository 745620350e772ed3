import { expect, test } from 'bun:test'
import { AppError } from '../errors'
import { createLogger } from './logger'

function logged(error: Error): { readonly line: string; readonly err: Record<string, unknown> } {
  const lines: string[] = []
  createLogger('info', (line) => void lines.push(line)).error({ err: error }, 'it failed')
  const [line = ''] = lines
  return { line, err: (JSON.parse(line) as { err: Record<string, unknown> }).err }
}

test('an error is logged with its code, its cause and where it came from', () => {
  const cause = new Error('connection refused')
  const { err } = logged(new AppError('log_unreachable', 503, 'The log is away.', { cause }))
  expect(err).toMatchObject({ code: 'log_unreachable', status: 503, type: 'AppError' })
  expect(err.message).toContain('connection refused')
  expect(err.stack).toContain('logger.test.ts')
})

test('what passes by itself is logged without a stack: it is no defect', () => {
  const cause = new Error('connection refused')
  const { err } = logged(new AppError('log_away', 503, 'Not now.', { temporary: true, cause }))
  expect(err).toMatchObject({ code: 'log_away', status: 503 })
  expect(err.message).toContain('connection refused')
  expect(err).not.toHaveProperty('stack')
})

test('what is no error is logged as it is: anything can be thrown', () => {
  const lines: string[] = []
  const logger = createLogger('info', (line) => void lines.push(line))
  for (const err of [null, 'text', { code: 1 }]) logger.error({ err }, 'it failed')
  expect(lines.map((line) => (JSON.parse(line) as { err: unknown }).err)).toEqual([
    null,
    'text',
    { code: 1 },
  ])
})

test('and without the command that failed: it may hold the orders of people', () => {
  const command = { name: 'evalsha', args: ['{"shippingAddress":"12 Harbour Street"}'] }
  const cause = Object.assign(new Error('READONLY'), { command })
  const temporary = { temporary: true, cause }
  for (const error of [cause, new AppError('log_unreachable', 503, 'Not now.', temporary)]) {
    const { line } = logged(error)
    expect(line).toContain('READONLY')
    expect(line).not.toContain('Harbour')
  }
})
