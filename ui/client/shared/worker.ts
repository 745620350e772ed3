import { systemClock } from '../clock'
import { openWebSocket } from '../socket'
import { createHub } from './hub'
import type { Introduction } from './port'
import { serveTab } from './serve-tab'

/** The script of the SharedWorker: one hub for all tabs of the origin. */
const hub = createHub({ openSocket: openWebSocket, clock: systemClock })

addEventListener('connect', (event) => {
  const [page] = (event as MessageEvent).ports
  if (!page) return
  page.onmessage = ({ data, ports: [port] }: MessageEvent<Introduction>) => {
    if (!port) return
    const gone = serveTab(hub, port, data.url)
    // Granted once the tab lets go of it, or has crashed.
    void navigator.locks.request(data.lock, gone)
  }
})
