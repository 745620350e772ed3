import { dlopen, ptr } from 'bun:ffi'

const EPOLLIN = 0x1
const EPOLL_CTL_ADD = 1
const MSG_DONTWAIT = 0x40
/** `struct epoll_event` is packed on x86-64 alone. */
const EVENT_BYTES = process.arch === 'x64' ? 12 : 16
const FD_OFFSET = EVENT_BYTES - 8
const EVENTS_AT_A_TIME = 1_024
const BUFFER_BYTES = 1_048_576
/**
 * A pause between two rounds of reading, in which several frames gather in each socket and nothing
 * wakes this process. A reader that sleeps on its sockets is woken by each write, and when it reads
 * frame by frame it depends on chance which side of the loopback pays for the acknowledgements: the
 * same bytes then cost a server 6 µs or 9 µs a frame, for minutes on end.
 */
const PAUSE_MS = 10

const { symbols: libc } = dlopen('libc.so.6', {
  epoll_create1: { args: ['i32'], returns: 'i32' },
  epoll_ctl: { args: ['i32', 'i32', 'i32', 'ptr'], returns: 'i32' },
  epoll_wait: { args: ['i32', 'ptr', 'i32', 'i32'], returns: 'i32' },
  recv: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i64' },
})

export interface DirectSource {
  readonly fd: number
  /** The bytes are valid during the call only. Empty: the other end closed or reset. */
  received(bytes: Buffer): void
}

/**
 * Reads sockets by system calls into one buffer, without an allocation or a second copy a read, so
 * that the generator costs less than the servers it measures. The sources must be paused in the
 * runtime's own loop. Returns what stops it.
 */
export function readDirectly(sources: readonly DirectSource[]): () => void {
  const bySocket = new Map(sources.map((source) => [source.fd, source]))
  const epoll = libc.epoll_create1(0)
  const event = Buffer.alloc(EVENT_BYTES)
  for (const { fd } of sources) {
    event.writeUInt32LE(EPOLLIN, 0)
    event.writeInt32LE(fd, FD_OFFSET)
    if (libc.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, ptr(event)) !== 0)
      throw new Error(`socket ${fd} cannot be polled`)
  }
  const events = Buffer.alloc(EVENT_BYTES * EVENTS_AT_A_TIME)
  const buffer = Buffer.alloc(BUFFER_BYTES)
  const eventsAt = ptr(events)
  const bufferAt = ptr(buffer)
  let stopped = false

  function readReady(): void {
    if (stopped) return
    const ready = libc.epoll_wait(epoll, eventsAt, EVENTS_AT_A_TIME, 0)
    for (let index = 0; index < ready; index++) {
      const fd = events.readInt32LE(index * EVENT_BYTES + FD_OFFSET)
      const bytes = Number(libc.recv(fd, bufferAt, BUFFER_BYTES, MSG_DONTWAIT))
      const source = bySocket.get(fd)!
      if (bytes > 0) source.received(buffer.subarray(0, bytes))
      else {
        stopped = true
        source.received(buffer.subarray(0, 0))
      }
    }
    Bun.sleepSync(PAUSE_MS)
    setImmediate(readReady)
  }
  setImmediate(readReady)
  return () => {
    stopped = true
  }
}
