import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { decodeServerFrame } from '../../ui/client/decode'
import { CLOSE_CODES } from './close-codes'
import { parseCursor } from './cursor'
import { ERROR_CODES } from './error-codes'
import { RESUME_REASONS, decodeClientFrame } from './frames'
import type { ClientFrame, ServerFrame } from './frames'
import { ORDER_STATUSES, allowedTransitions } from './order-status'

/** PROTOCOL.md is the contract with whoever writes a client: what the code has, the page has. */
const page = await Bun.file(join(import.meta.dir, '../../PROTOCOL.md')).text()

// Complete by type: a new kind does not compile until it is named here, and fails until it has a heading.
const CLIENT_FRAMES: Readonly<Record<ClientFrame['event'], true>> = {
  auth: true,
  'subscribe:orders': true,
  'subscribe:admin': true,
  'unsubscribe:orders': true,
  'unsubscribe:admin': true,
}
const SERVER_FRAMES: Readonly<Record<ServerFrame['event'], true>> = {
  authenticated: true,
  subscribed: true,
  'caught-up': true,
  'order:created': true,
  'order:updated': true,
  'order:cancelled': true,
  'admin:order:created': true,
  'admin:order:updated': true,
  'admin:order:cancelled': true,
  'admin:stats': true,
  heartbeat: true,
  unsubscribed: true,
  error: true,
}

function section(heading: string): string {
  const [, after = ''] = page.split(`\n## ${heading}\n`)
  return after.split('\n## ')[0]!
}

/** The rows of the section's first table, cells trimmed and without backticks, head left out. */
function rows(heading: string): string[][] {
  const table = /(?:^\|.*\n)+/m.exec(section(heading))?.[0] ?? ''
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim().replaceAll('`', '')))
}

describe('every kind of frame has a heading', () => {
  test.each([
    ['Frames from the client', Object.keys(CLIENT_FRAMES)],
    ['Frames from the server', Object.keys(SERVER_FRAMES)],
  ] as const)('%s', (heading, kinds) => {
    const headings = [...section(heading).matchAll(/^### `(.+)`$/gm)].map((match) => match[1]!)
    expect(headings.sort()).toEqual([...kinds].sort())
  })
})

describe('every code has a row', () => {
  test('close codes, with what they tell a client to do', () => {
    const expected = Object.values(CLOSE_CODES).map((row) =>
      [row.code, row.reason, row.reconnect, row.spreadMs].map(String),
    )
    expect(rows('Reconnecting: close codes').map((cells) => cells.slice(0, 4))).toEqual(expected)
  })

  test('error codes', () => {
    expect(rows('Error codes').map(([code]) => code)).toEqual(Object.keys(ERROR_CODES))
  })

  test('resume reasons', () => {
    expect(rows('Resume').map(([reason]) => reason)).toEqual([...RESUME_REASONS])
  })

  test('close codes that the text names exist', () => {
    const known = new Set<number>(Object.values(CLOSE_CODES).map((row) => row.code))
    for (const [code] of page.matchAll(/\b4[04]\d\d\b/g)) expect(known).toContain(Number(code))
  })
})

interface Example {
  readonly from: 'client' | 'server'
  readonly line: string
}

/** Every object of the protocol in the page's code blocks, in order; transcripts mark the direction. */
const examples: readonly Example[] = [
  ...page.matchAll(/^```(json|text)\n([\s\S]*?)^```$/gm),
].flatMap(([, language, block = '']): Example[] => {
  if (language === 'json') {
    const value: unknown = JSON.parse(block)
    const event = (value as { event: string }).event
    return [{ from: event in CLIENT_FRAMES ? 'client' : 'server', line: JSON.stringify(value) }]
  }
  return [...block.matchAll(/^([→←]) (.+)$/gm)].map(([, arrow, line = '']) => ({
    from: arrow === '→' ? 'client' : 'server',
    line,
  }))
})

describe('the examples', () => {
  test('show every frame of the client, and every form of the server’s', () => {
    const shown = new Set(examples.map(({ line }) => (JSON.parse(line) as { event: string }).event))
    for (const kind of Object.keys(CLIENT_FRAMES)) expect(shown).toContain(kind)
    const forms = new Set(
      Object.keys(SERVER_FRAMES).map((kind) => kind.replace(/^admin:order:.*/, 'order:created')),
    )
    for (const kind of forms) expect(shown).toContain(kind)
  })

  test.each(examples.map(({ from, line }) => [from, line] as const))('%s: %s', (from, line) => {
    const decoded = from === 'client' ? decodeClientFrame(line) : decodeServerFrame(line)
    expect(decoded).toEqual({ ok: true, frame: JSON.parse(line) })
    for (const cursor of cursorsIn(JSON.parse(line))) expect(parseCursor(cursor)).not.toBeNull()
  })

  test('every event of a transcript names the one before it', () => {
    let last = ''
    for (const { line } of examples.filter(
      ({ line }) => line.includes('"orders"') || line.includes('"prev"'),
    )) {
      const frame = JSON.parse(line) as {
        id?: string
        prev?: string
        data: { last?: string | null }
      }
      if (frame.id && frame.prev) {
        expect(frame.prev).toBe(last)
        last = frame.id
      } else if (frame.data.last) last = frame.data.last
      if (line.includes('"replayed":2')) return
    }
    expect(last).toBe('a transcript with a replay')
  })
})

/** What stands in members that hold cursors. */
function cursorsIn(frame: unknown): string[] {
  const { id, prev, data } = frame as Record<string, unknown>
  const { cursor, last } = (data ?? {}) as Record<string, unknown>
  return [id, prev, cursor, last].filter(
    (each) => typeof each === 'string' && each !== '',
  ) as string[]
}

test('the diagram of statuses shows the transitions that there are', () => {
  const diagram = section('The order')
  expect(diagram).toContain('pending ──▶ processing ──▶ shipped ──▶ delivered')
  const cancellable = ORDER_STATUSES.filter((from) =>
    allowedTransitions(from).includes('cancelled'),
  )
  expect(cancellable).toEqual(['pending', 'processing'])
})
