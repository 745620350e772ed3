import { SLOW, type OutboxBacklog, type Reach } from './node-health'

/** Whoever asks about health must get an answer, also while nobody else does. */
const DEADLINE_MS = 1_000

export function reachWithin(ask: () => Reach | Promise<Reach>): Promise<Reach> {
  return answerOf<Reach>(ask, { late: SLOW, failed: 'unreachable' })
}

/** Null where nobody can tell now, or where there is no outbox. */
export function outboxWithin(
  ask: (() => OutboxBacklog | Promise<OutboxBacklog>) | null,
): Promise<OutboxBacklog | null> {
  return ask ? answerOf(ask, { late: null, failed: null }) : Promise.resolve(null)
}

/** To have failed, or to take too long, is an answer here, too. */
async function answerOf<Answer>(
  ask: () => Answer | Promise<Answer>,
  instead: { readonly late: Answer; readonly failed: Answer },
): Promise<Answer> {
  const late = Promise.withResolvers<Answer>()
  const timer = setTimeout(() => late.resolve(instead.late), DEADLINE_MS)
  try {
    return await Promise.race([(async () => ask())(), late.promise])
  } catch {
    return instead.failed
  } finally {
    clearTimeout(timer)
  }
}
