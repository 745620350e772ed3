import { expect, test } from 'bun:test'
import { createAnnouncer } from './announce-revocation'
import { AppError } from './errors'
import { createLogger } from './lib/logger'

function announcing(note: () => Promise<string>) {
  const lines: string[] = []
  const announce = createAnnouncer(
    { note },
    createLogger('info', (line) => void lines.push(line)),
  )
  return { announced: announce('alice'), lines }
}

test('a log that is out of reach does not fail a revocation, and is spoken of', async () => {
  const away = new AppError('log_unavailable', 503, 'The log is away.', { temporary: true })
  const { announced, lines } = announcing(() => Promise.reject(away))
  await announced
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 40, subject: 'alice' })
})

test('anything else does', async () => {
  const { announced, lines } = announcing(() => Promise.reject(new Error('a defect')))
  const failure: unknown = await announced.catch((error: unknown) => error)
  expect(failure).toEqual(new Error('a defect'))
  expect(lines).toEqual([])
})
