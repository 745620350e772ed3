import { expect, test } from 'bun:test'
import { accepts, freePorts, isFree, LOOPBACK } from './ports'

test('free ports are different ones that one can listen on', async () => {
  const ports = await freePorts(5)
  expect(new Set(ports).size).toBe(5)
  const [port = 0] = ports
  expect(await isFree(port)).toBe(true)
  expect(await accepts(LOOPBACK, port)).toBe(false)

  const listener = Bun.listen({ hostname: LOOPBACK, port, socket: { data() {} } })
  expect(await isFree(port)).toBe(false)
  expect(await accepts(LOOPBACK, port)).toBe(true)
  listener.stop(true)
})
