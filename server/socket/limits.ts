/** What a socket may cost. Default values: server/config.ts. */
export interface SocketLimits {
  /** A connection without a good `auth` after this time is closed. */
  readonly authTimeoutMs: number
  /** A longer frame of a client closes its socket. */
  readonly maxFrameBytes: number
  /** Objects that one socket may send in a second, however they are framed. */
  readonly maxFramesPerSecond: number
  /** The invalid frame that closes the socket; each before it is answered with an `error` frame. */
  readonly maxInvalidFrames: number
  readonly maxSocketsPerUser: number
  /** Sockets of one address (IPv6: one /64) that have not authenticated yet. */
  readonly maxUnauthenticatedPerAddress: number
  /** A socket that answers no ping for this long is closed. */
  readonly idleTimeoutSeconds: number
  /** Sockets that are sent to resume are closed over this time, not at once. */
  readonly endOverMs: number
}
