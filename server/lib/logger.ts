import pino from 'pino'
import { AppError } from '../errors'

export type Logger = pino.Logger

/**
 * JSON lines on standard output, or to `write` where it is given. `level` is one of pino's, or
 * `silent`.
 */
export function createLogger(level: string, write?: (line: string) => void): Logger {
  const options = { level, base: undefined, serializers: { err: describe } }
  return write ? pino(options, { write }) : pino(options)
}

/**
 * An error without what it was about: clients of stores hang the whole command on it, with scripts and
 * the orders that were to be written. Message and stack name the cause already. What passes by itself is
 * told without a stack: an outage is no defect to be looked for in the code.
 */
function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { details: _, command: __, ...described } = pino.stdSerializers.err(error)
  if (!(error instanceof AppError && error.temporary)) return described
  const { stack: ___, ...told } = described
  return told
}
