import type { ClientEvents, Client, ClientState } from '../index'
import { createQueue, type Queue } from './queue'

export interface Recorded {
  readonly event: keyof ClientEvents
  readonly args: readonly unknown[]
}

const ORDER_EVENTS = [
  'order:created',
  'order:updated',
  'order:cancelled',
  'admin:order:created',
  'admin:order:updated',
  'admin:order:cancelled',
] as const

/** Waits for what a client tells. */
export interface Recorder {
  /** What the app would apply: snapshots and events, in order. */
  readonly applied: Queue<Recorded>
  readonly resumes: Queue<Parameters<ClientEvents['resumed']>[0]>
  readonly problems: Queue<Parameters<ClientEvents['error']>[0]>
  /** Resolves once the state is so, now or later. */
  until(is: (state: ClientState) => boolean, deadlineMs?: number): Promise<ClientState>
}

export function record(client: Client): Recorder {
  const applied = createQueue<Recorded>('snapshots and events')
  const resumes = createQueue<Parameters<ClientEvents['resumed']>[0]>('resumes')
  const problems = createQueue<Parameters<ClientEvents['error']>[0]>('problems')
  client.on('snapshot', (snapshot) => applied.put({ event: 'snapshot', args: [snapshot] }))
  for (const event of ORDER_EVENTS) {
    client.on(event, (...args) => applied.put({ event, args }))
  }
  client.on('resumed', (resume) => resumes.put(resume))
  client.on('error', (problem) => problems.put(problem))
  return {
    applied,
    resumes,
    problems,
    until(is, deadlineMs = 5_000) {
      if (is(client.state)) return Promise.resolve(client.state)
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          stop()
          reject(new Error(`Not within ${deadlineMs} ms: ${JSON.stringify(client.state)}`))
        }, deadlineMs)
        const stop = client.on('state', (state) => {
          if (!is(state)) return
          stop()
          clearTimeout(timer)
          resolve(state)
        })
      })
    },
  }
}
