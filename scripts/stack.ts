import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bringDown } from './services/stack-down'
import { HELP, readStackOptions, type StackOptions } from './services/stack-options'
import { alone } from './services/stack-record'
import { showEnv, showLogs, showStatus } from './services/stack-status'
import { bringUp } from './services/stack-up'

/** What `scripts/stack` does; the exit code is 1 where something failed, 3 where something is down. */
async function run(options: StackOptions): Promise<number> {
  switch (options.command) {
    case 'up':
      return (await alone(options.folder, () => bringUp(options))) ? 0 : 1
    case 'down':
      if (existsSync(options.folder)) await alone(options.folder, () => bringDown(options))
      else console.log('Nothing runs.')
      return 0
    case 'status':
      return (await showStatus(options)) ? 0 : 3
    case 'logs':
      await showLogs(options)
      return 0
    case 'env':
      showEnv(options)
      return 0
  }
}

const root = join(import.meta.dir, '..')
const options = readStackOptions(process.argv.slice(2), process.env, root)
if (typeof options === 'string') {
  console.log(options)
  process.exit(options === HELP ? 0 : 2)
}
// What is only half started then ends with us.
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))
try {
  process.exitCode = await run(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
