import { createSignal } from 'solid-js'
import type { Api, DeadLetter } from '../api'
import { Problem } from '../problem'

/** What became of one letter that was to be sent back; `error` null: it was. */
export interface Outcome {
  readonly letter: DeadLetter
  readonly error: unknown
}

/** `stopping`: what is on its way is still waited for. */
type Status = 'asking' | 'running' | 'stopping' | 'done'

/** Letters on their way back, one after the other. */
export interface Redrive {
  /** Reactive. */
  readonly status: () => Status
  /** Reactive: how many there are to send. */
  readonly total: () => number
  /** Reactive, in the order in which they were tried. */
  readonly outcomes: () => readonly Outcome[]
  /** Sends them oldest first. Those behind one that found nobody to take it are not tried. */
  readonly start: (letters: readonly DeadLetter[], again: boolean) => Promise<void>
  /** The one that is on its way is the last. */
  readonly stop: () => void
}

/** @param onSent called for each that was sent, with the time of that */
export function createRedrive(
  api: Pick<Api, 'redriveDeadLetter'>,
  onSent: (id: string, at: string) => void,
): Redrive {
  const [status, setStatus] = createSignal<Status>('asking')
  const [total, setTotal] = createSignal(0)
  const [outcomes, setOutcomes] = createSignal<readonly Outcome[]>([])
  return {
    status,
    total,
    outcomes,
    async start(letters, again) {
      setTotal(letters.length)
      setStatus('running')
      for (const letter of letters.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))) {
        const error = await api.redriveDeadLetter(letter.id, again).then(
          ({ redrivenAt }) => {
            onSent(letter.id, redrivenAt)
            return null
          },
          (failure: unknown) => failure,
        )
        setOutcomes((all) => [...all, { letter, error }])
        if (status() === 'stopping' || (error !== null && !concernsOne(error))) break
      }
      setStatus('done')
    },
    stop: () => void setStatus((now) => (now === 'running' ? 'stopping' : now)),
  }
}

/** Whether the next letter may fare better: not where Kafka, the server or the session is gone. */
function concernsOne(error: unknown): boolean {
  return error instanceof Problem && (error.status === 404 || error.status === 409)
}
