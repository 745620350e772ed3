import type { Totals } from './connection'

/** Reports every so many deliveries, and what is left when none came for a while. */
const IDLE_MS = 5

/** Tells a pacer the running total of deliveries read (see `openPacer`). */
export async function reportDeliveries(
  totals: Totals,
  pacerPort: number,
  every: number,
): Promise<() => void> {
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: pacerPort,
    socket: { data() {} },
  })
  socket.setNoDelay(true)
  const base = totals.deliveries
  let reported = base
  const number = Buffer.alloc(8)
  const report = (): void => {
    if (totals.deliveries === reported) return
    reported = totals.deliveries
    number.writeDoubleLE(reported - base)
    if (socket.write(number) !== 8) throw new Error('the pacer does not read')
  }
  totals.onDeliveries = () => {
    if (totals.deliveries - reported >= every) report()
  }
  const timer = setInterval(report, IDLE_MS)
  return () => {
    clearInterval(timer)
    totals.onDeliveries = () => {}
    socket.terminate()
  }
}
