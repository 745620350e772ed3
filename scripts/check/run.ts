import { join } from 'node:path'
import { runChecks } from './checks'

const results = await runChecks(join(import.meta.dir, '../..'))
process.exit(results.every((result) => result.ok) ? 0 : 1)
