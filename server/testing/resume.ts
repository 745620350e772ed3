import type { Cursor } from '../protocol/cursor'
import type { EventFrame, ServerFrame } from '../protocol/frames'
import type { SocketClient } from './socket-client'

/** Subscribes to `orders` and takes everything up to `caught-up`. */
export async function resume(client: SocketClient, cursor?: Cursor): Promise<ServerFrame[]> {
  client.send({ event: 'subscribe:orders', data: cursor === undefined ? {} : { cursor } })
  return untilCaughtUp(client)
}

async function untilCaughtUp(client: SocketClient): Promise<ServerFrame[]> {
  const frames: ServerFrame[] = []
  for (;;) {
    const frame = await client.next()
    frames.push(frame)
    if (frame.event === 'caught-up') return frames
    if (frame.event === 'subscribed' && frame.data.recovered === false) return frames
  }
}

export function versions(frames: readonly ServerFrame[]): number[] {
  return frames
    .filter((frame): frame is EventFrame => 'prev' in frame)
    .map(({ data }) => data.version)
}
