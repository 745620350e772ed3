import pino from 'pino'

export type Logger = pino.Logger

/** JSON lines on standard output. `level` is one of pino's, or `silent`. */
export function createLogger(level: string): Logger {
  return pino({ level, base: undefined })
}
