/** With a port of its own for each socket: what a tab asks of the worker. */
export interface Introduction {
  readonly url: string
  /** A Web Lock that the tab holds for as long as it is there. */
  readonly lock: string
}

export type FromTab =
  | { readonly kind: 'send'; readonly text: string }
  /** What was received has been dealt with: this many characters more, told from time to time. */
  | { readonly kind: 'took'; readonly characters: number }
  | { readonly kind: 'drop' }

export type FromWorker =
  | { readonly kind: 'opened' }
  | { readonly kind: 'received'; readonly text: string }
  | { readonly kind: 'ended'; readonly code: number; readonly reason: string }
