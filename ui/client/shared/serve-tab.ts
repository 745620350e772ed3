import { CLOSE_CODES } from '../../../server/protocol/close-codes'
import { joinFrames } from '../../../server/protocol/frames'
import type { OpenSocket } from '../socket'
import type { FromTab, FromWorker } from './port'

/**
 * What may lie unread in a tab's port. A tab that is frozen takes nothing: it is told that its
 * connection was lost, and resumes by cursor when it wakes up.
 */
const MAX_UNREAD_CHARACTERS = 2_000_000

/**
 * A message costs the tab's thread more than what is in it: after one what comes within this time waits,
 * and is one. Shorter than a frame, so that nobody sees it.
 */
const GATHER_MS = 10

/** The worker's end of one socket of a tab. Returns what to call when the tab is gone. */
export function serveTab(hub: OpenSocket, port: MessagePort, url: string): () => void {
  let unread = 0
  let gathered: string[] = []
  let gathering: ReturnType<typeof setTimeout> | null = null
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
      gathered.push(text)
      if (gathering === null) pass()
    },
    ended,
  })

  /** Posts what was gathered; what follows soon is gathered again. */
  function pass(): void {
    gathering = null
    if (gathered.length === 0) return
    const text = joinFrames(gathered)
    // Characters that only join two frames are taken, too.
    unread += text.length - gathered.reduce((sum, { length }) => sum + length, 0)
    gathered = []
    post({ kind: 'received', text })
    gathering = setTimeout(pass, GATHER_MS)
  }

  function ended(code: number, reason: string): void {
    if (gathering !== null) clearTimeout(gathering)
    pass()
    stopGathering()
    post({ kind: 'ended', code, reason })
    port.close()
  }

  function stopGathering(): void {
    if (gathering !== null) clearTimeout(gathering)
    gathered = []
  }

  function gone(): void {
    stopGathering()
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
