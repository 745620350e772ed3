import { splitFrames, type ServerFrame } from '../../../server/protocol/frames'
import { isEventFrame } from '../decode'
import type { OpenSocket } from '../socket'

/**
 * Listens to what a socket brings of its one channel. Clients get over holes and doubles; before a
 * server that makes none, none may be told.
 */
export class ChainWitness {
  /** What was no chain, in words. */
  readonly findings: string[] = []

  watch(openSocket: OpenSocket): OpenSocket {
    return (url, listener) => {
      let isSubscribed = false
      let last: string | null = null
      const seen = new Set<string>()

      const hear = (frame: ServerFrame) => {
        if (frame.event === 'unsubscribed') isSubscribed = false
        if (frame.event === 'subscribed') {
          isSubscribed = frame.data.recovered !== false
          last = frame.data.last
          seen.clear()
        }
        if (frame.event === 'heartbeat' && (frame.data.last ?? last) !== last) {
          this.findings.push(`a heartbeat after ${last}: ${JSON.stringify(frame)}`)
        }
        if (!isEventFrame(frame)) return
        const { id, prev } = frame
        if (!isSubscribed) this.findings.push(`${id} without a subscription`)
        if (seen.has(id)) this.findings.push(`${id} twice`)
        if (last !== null && prev !== '' && prev !== last) {
          this.findings.push(`${id} comes after ${last}, not ${prev}`)
        }
        seen.add(id)
        last = id
      }

      return openSocket(url, {
        ...listener,
        received(text) {
          for (const line of splitFrames(String(text))) {
            if (!line.includes('"order:upd') || line.endsWith('}')) hear(JSON.parse(line))
          }
          listener.received(text)
        },
      })
    }
  }
}
