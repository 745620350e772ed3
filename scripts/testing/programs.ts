import { installPrograms, missingPrograms, type Program } from '../services/programs'

/**
 * Looks for what the tests run, and installs it through apt where we may.
 * Resolves to one sentence for each program that is missing still: what to install.
 */
export async function ensurePrograms(programs: readonly Program[]): Promise<readonly string[]> {
  await installPrograms(programs)
  return missingPrograms(programs).map((missing) => {
    const another = missing.startsWith('Chromium') ? ', or name one by CHROMIUM=/path/to/it' : ''
    return `The tests need ${missing}${another}.`
  })
}
