import type { ClientState } from '../../client'

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

/** @param now milliseconds since the epoch, for the countdown */
export function describeConnection(state: ClientState, now: number): ConnectionView {
  switch (state.status) {
    case 'live':
      return describeLive(state.ageMs ?? 0)
    case 'idle':
    case 'connecting':
      return { tone: 'busy', label: 'Connecting', detail: 'The connection is being set up.' }
    case 'catching-up':
      return {
        tone: 'busy',
        label: 'Catching up',
        detail: 'What happened meanwhile is on its way.',
      }
    case 'delayed':
      return {
        tone: 'busy',
        label: 'Delayed',
        detail:
          'Updates are delayed: the server cannot pass them on at the moment. What you see is ' +
          'loaded again from time to time.',
      }
    case 'waiting':
      return {
        tone: 'trouble',
        label: countdown(state.retryAt, now),
        detail: `${sentence(state.reason ?? 'The connection was lost')} What you see may be out of date.`,
      }
    case 'offline':
      return {
        tone: 'trouble',
        label: 'Offline',
        detail: 'This device has no network. Updates go on as soon as it has.',
      }
    case 'signed-out':
      return { tone: 'trouble', label: 'Signed out', detail: 'Sign in to get updates.' }
    case 'refused':
      return {
        tone: 'trouble',
        label: 'Disconnected',
        detail: `${sentence(state.reason ?? 'The server refused the connection')} Reload the page to try again.`,
      }
  }
}

/** Reasons come as a few words, for logs as well. */
function sentence(reason: string): string {
  const text = reason.charAt(0).toUpperCase() + reason.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function describeLive(ageMs: number): ConnectionView {
  if (ageMs < DELAYED_MS) {
    return { tone: 'live', label: 'Live', detail: 'You see every change as it happens.' }
  }
  const age = `${Math.round(ageMs / 1_000)} s`
  return {
    tone: 'busy',
    label: `Delayed ${age}`,
    detail: `Updates are delayed: the newest proof that they come through is ${age} old.`,
  }
}

function countdown(retryAt: number | null, now: number): string {
  const seconds = retryAt === null ? 0 : Math.ceil((retryAt - now) / 1_000)
  return seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting'
}
