import { CLOSE_CODES } from '../../../server/protocol/close-codes'
import type { OpenSocket } from '../socket'
import type { FromTab, FromWorker } from './port'

/**
 * What may lie unread in a tab's port. A tab that is frozen takes nothing: it is told that its
 * connection was lost, and resumes by cursor when it wakes up.
 */
const MAX_UNREAD_CHARACTERS = 2_000_000

/** The worker's end of one socket of a tab. Returns what to call when the tab is gone. */
export function serveTab(hub: OpenSocket, port: MessagePort, url: string): () => void {
  let unread = 0
  const post = (told: FromWorker) => port.postMessage(told)
  const socket = hub(url, {
    opened: () => post({ kind: 'opened' }),
    received(text) {
      if (typeof text !== 'string') return
      // One that is longer than that alone is no sign of a tab that does not read.
      if (unread > 0 && unread + text.length > MAX_UNREAD_CHARACTERS) {
        socket.drop()
        return ended(CLOSE_CODES.abnormal.code, CLOSE_CODES.abnormal.reason)
      }
      unread += text.length
      post({ kind: 'received', text })
    },
    ended,
  })

  function ended(code: number, reason: string): void {
    post({ kind: 'ended', code, reason })
    port.close()
  }

  function gone(): void {
    socket.drop()
    port.close()
  }

  port.onmessage = ({ data }: MessageEvent<FromTab>) => {
    if (data.kind === 'send') socket.send(data.text)
    else if (data.kind === 'took') unread -= data.characters
    else gone()
  }
  return gone
}
