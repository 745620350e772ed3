import { texts } from '../texts'

/** Why a record could not be read: those that people can ask for. */
export const REASONS = ['not_json', 'invalid', 'too_big', 'foreign', 'unknown_type'] as const
export type Reason = (typeof REASONS)[number]

/** Null for one that a newer worker gave. */
export function knownReason(reason: unknown): Reason | null {
  return REASONS.find((known) => known === reason) ?? null
}

export function reasonLabel(reason: string): string {
  const known = knownReason(reason)
  return known ? texts.letters.reasons[known] : reason
}
