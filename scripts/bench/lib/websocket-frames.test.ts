import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { CountingReader, encodeServerText, encodeText, upgradeRequest } from './websocket-frames'

const EVENTS = ['{"event":"order:created","id":"1.x","data":{}}', '{"event":"admin:order:updated"}']
const OTHERS = [
  '{"event":"admin:stats","data":{}}',
  '{"event":"authenticated","data":{}}',
  '{"event":"subscribed"}',
  '2',
]

function reader(): { counting: CountingReader; lines: string[] } {
  const lines: string[] = []
  const sink = { onLine: (text: string) => lines.push(text), onPing() {}, onClose() {} }
  return { counting: new CountingReader(10, sink), lines }
}

test('counts every event and keeps every other line, however the bytes are cut', () => {
  const line = fc.oneof(
    fc.constantFrom(...EVENTS, ...OTHERS),
    fc.nat(90_000).map((size) => `{"event":"order:updated","data":"${'x'.repeat(size)}"}`),
  )
  const frame = fc.array(line, { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 12 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 70_000 })),
      fc.boolean(),
      (frames, cuts, tiny) => {
        const { counting, lines } = reader()
        const bytes = Buffer.concat(frames.map((objects) => encodeServerText(objects.join('\n'))))
        for (let at = 0; at < bytes.length;) {
          const size = tiny && bytes.length < 20_000 ? 1 : cuts.next().value
          counting.read(bytes.subarray(at, at + size))
          at += size
        }
        const sent = frames.flat()
        const isEvent = (text: string): boolean => /^{"event":"(admin:)?order:/.test(text)
        expect(counting.events).toBe(sent.filter(isEvent).length)
        expect(lines).toEqual(sent.filter((text) => !isEvent(text)))
        expect(counting.textFrames).toBe(frames.length)
      },
    ),
    { numRuns: 200 },
  )
})

test('answers pings, reports the close code and ignores empty text frames', () => {
  const seen: unknown[] = []
  const counting = new CountingReader(4, {
    onLine: (text) => seen.push(text),
    onPing: (payload) => seen.push(['ping', payload.toString()]),
    onClose: (code, reason) => seen.push(['close', code, reason]),
  })
  counting.read(
    Buffer.from([0x81, 0, 0x89, 0, 0x89, 2, 0x68, 0x69, 0x88, 4, 0x03, 0xf4, 0x6f, 0x6b]),
  )
  counting.read(encodeServerText('42["order:created",{}]'))
  counting.read(encodeServerText('42["subscribed"]'))
  expect(seen).toEqual([['ping', ''], ['ping', 'hi'], ['close', 1012, 'ok'], '42["subscribed"]'])
  expect(counting.events).toBe(1)
})

test('a masked frame carries its text', async () => {
  const received = Promise.withResolvers<string>()
  const server = Bun.serve({
    port: 0,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response()),
    websocket: { message: (_socket, text) => received.resolve(String(text)) },
  })
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: server.port!,
    socket: { data: (connection) => void connection.write(encodeText('grüße'.repeat(200))) },
  })
  socket.write(upgradeRequest('/', server.port!))
  expect(await received.promise).toBe('grüße'.repeat(200))
  socket.terminate()
  await server.stop(true)
})
