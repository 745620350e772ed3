import type { Cursor } from '../../../server/protocol/cursor'
import type { ChannelName } from '../../../server/protocol/frames'
import type { FeedWindow } from './feed-window'
import type { Tab } from './tab'

/** Answers a subscribe as the server would, from what is here. False: nothing is known of the cursor. */
export function answer(
  tab: Tab,
  channel: ChannelName,
  window: FeedWindow,
  cursor: Cursor | undefined,
): boolean {
  const known = cursor === undefined ? { lines: [], last: window.last } : window.after(cursor)
  if (!known) return false
  const { lines, last } = known
  const from = cursor === undefined ? { cursor: window.at } : { cursor, recovered: true }
  tab.send({ event: 'subscribed', data: { channel, last, ...from } })
  for (const line of lines) tab.line(line)
  const to = { cursor: window.at, last: window.last, replayed: lines.length }
  tab.send({ event: 'caught-up', data: { channel, ...to } })
  return true
}
