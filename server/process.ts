import { loadConfig, type Config } from './config'
import { AppError } from './errors'
import { createLogger, type Logger } from './lib/logger'

/** What a program is while it runs. */
export interface Program {
  /** What people read at the start, on standard error. */
  readonly banner: string
  /** Further fields of the log's line that says it listens. */
  readonly about: Readonly<Record<string, unknown>>
  stop(): Promise<void>
}

/**
 * Runs a program as this process: settings from the environment, a banner, signals, and an exit code.
 * @param open gets what to call when it cannot go on
 */
export async function runProcess(
  open: (config: Config, logger: Logger, fail: () => void) => Promise<Program>,
): Promise<void> {
  try {
    await run(open)
  } catch (error) {
    // What people can put right is a sentence; anything else is a defect and shows its stack.
    const text = error instanceof AppError ? error.message : Bun.inspect(error)
    process.stderr.write(`${text}\n`, () => process.exit(1))
  }
}

async function run(open: Parameters<typeof runProcess>[0]): Promise<void> {
  const config = loadConfig(process.env)
  const logger = createLogger(config.logLevel)
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error: unknown) => {
      logger.fatal({ err: error }, event)
      process.exit(1)
    })
  }
  // Before anything is opened: opening may wait for services, and a signal must end that as well.
  let program: Program | null = null
  let stopping = false
  const stop = (signal: string) => {
    // The second signal is from somebody who does not want to wait.
    if (stopping) process.exit(1)
    stopping = true
    logger.info({ signal }, 'stopping')
    // Nobody was served yet, and what was begun is taken up by whoever starts next.
    if (program === null) process.exit(0)
    program.stop().then(
      () => {
        logger.info('stopped')
        process.exit(0)
      },
      (error: unknown) => {
        logger.fatal({ err: error }, 'could not stop in order')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  program = await open(config, logger, () => process.exit(1))
  process.stderr.write(program.banner)
  logger.info(program.about, 'listening')
}
