import pino from 'pino'

export type Logger = pino.Logger

/**
 * JSON lines on standard output, or to `write` where it is given. `level` is one of pino's, or
 * `silent`.
 */
export function createLogger(level: string, write?: (line: string) => void): Logger {
  const options = { level, base: undefined }
  return write ? pino(options, { write }) : pino(options)
}
