import type { OutboxBacklog, Reach } from './node-health'

/** Whoever asks about health must get an answer, also while nobody else does. */
const DEADLINE_MS = 1_000

export async function reachWithin(ask: () => Reach | Promise<Reach>): Promise<Reach> {
  return (await answerOf(ask)) ?? 'unreachable'
}

/** Null where nobody can tell now, or where there is no outbox. */
export function outboxWithin(
  ask: (() => OutboxBacklog | Promise<OutboxBacklog>) | null,
): Promise<OutboxBacklog | null> {
  return ask ? answerOf(ask) : Promise.resolve(null)
}

/** Null where it failed or took too long: here that is an answer, too. */
async function answerOf<Answer>(ask: () => Answer | Promise<Answer>): Promise<Answer | null> {
  const late = Promise.withResolvers<null>()
  const timer = setTimeout(() => late.resolve(null), DEADLINE_MS)
  try {
    return await Promise.race([(async () => ask())(), late.promise])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
