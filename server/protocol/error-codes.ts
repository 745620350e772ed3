/** The codes of `error` frames. The socket stays open unless a close follows (close-codes.ts). */
export const ERROR_CODES = {
  invalid_frame: 'The frame is not one of the protocol; the message names the field.',
  unauthenticated: 'Send auth first.',
  forbidden: 'The token does not allow this channel.',
  already_subscribed: 'The channel is subscribed, or a subscribe for it is still running.',
  not_subscribed: 'The channel is not subscribed.',
} as const

export type ErrorCode = keyof typeof ERROR_CODES
