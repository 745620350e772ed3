import { createComputed, createSignal, on, onCleanup } from 'solid-js'
import { systemClock, type ClientState, type Clock } from '../../client'
import { texts } from '../texts'

/** From this age on people are told that updates are delayed. */
export const DELAYED_MS = 15_000

export type ConnectionTone = 'live' | 'busy' | 'trouble'

/** What the indicator says of a connection. */
export interface ConnectionView {
  readonly tone: ConnectionTone
  readonly label: string
  /** A sentence more, for whoever opens it. */
  readonly detail: string
}

const { states } = texts.connection

/** @param now milliseconds since the epoch, for the countdown */
export function describeConnection(state: ClientState, now: number): ConnectionView {
  switch (state.status) {
    case 'live':
      return describeLive(state.ageMs ?? 0)
    case 'idle':
    case 'connecting':
      return { tone: 'busy', ...states.connecting }
    case 'catching-up':
      return { tone: 'busy', ...states.catchingUp }
    case 'delayed':
      return { tone: 'busy', ...states.delayed }
    case 'waiting':
      return {
        tone: 'trouble',
        label: states.waiting.label(secondsUntil(state.retryAt, now)),
        detail: states.waiting.detail(sentence(state.reason) ?? states.waiting.lost),
      }
    case 'offline':
      return { tone: 'trouble', ...states.offline }
    case 'signed-out':
      return { tone: 'trouble', ...states.signedOut }
    case 'refused':
      return {
        tone: 'trouble',
        label: states.refused.label,
        detail: states.refused.detail(sentence(state.reason) ?? states.refused.refused),
      }
  }
}

/** Whether trying again now, at the reader's wish, may help. */
export function canReconnect({ status }: ClientState): boolean {
  return status === 'waiting' || status === 'offline' || status === 'refused'
}

/** Trouble that is over before that is not worth a word. */
const WORTH_A_WORD_MS = 3_000

/**
 * Reactive: what to say aloud of a connection, which is little: that it is lost, once, and that it is
 * back. Owned.
 */
export function createConnectionVoice(
  state: () => ClientState,
  clock: Clock = systemClock,
): () => string {
  const [said, say] = createSignal('')
  let inTrouble = false
  let cancel: (() => void) | null = null
  createComputed(
    on(
      () => describeConnection(state(), 0).tone,
      (tone) => {
        if (tone === 'trouble' && !inTrouble) {
          cancel ??= clock.after(WORTH_A_WORD_MS, () => {
            inTrouble = true
            say(texts.connection.lost)
          })
        }
        if (tone !== 'live') return
        cancel?.()
        cancel = null
        if (inTrouble) say(texts.connection.back)
        inTrouble = false
      },
    ),
  )
  onCleanup(() => cancel?.())
  return said
}

/** Reasons come as a few words, for logs as well. */
function sentence(reason: string | null): string | null {
  if (!reason) return null
  const known = texts.connection.endings[reason]
  if (known !== undefined) return known
  const text = reason.charAt(0).toUpperCase() + reason.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function describeLive(ageMs: number): ConnectionView {
  if (ageMs < DELAYED_MS) return { tone: 'live', ...states.live }
  const seconds = Math.round(ageMs / 1_000)
  return { tone: 'busy', label: states.late.label(seconds), detail: states.late.detail(seconds) }
}

function secondsUntil(at: number | null, now: number): number {
  return at === null ? 0 : Math.max(0, Math.ceil((at - now) / 1_000))
}
