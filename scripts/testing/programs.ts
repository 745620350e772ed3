import { findChromium } from './chromium'

/** A program that tests run and that no package brings. */
interface Program {
  readonly label: string
  readonly find: () => string | null
  /** The package of Debian and Ubuntu that holds it. */
  readonly aptPackage: string
}

const PROGRAMS: readonly Program[] = [
  { label: 'Chromium', find: findChromium, aptPackage: 'chromium' },
  { label: 'curl', find: () => Bun.which('curl'), aptPackage: 'curl' },
]

/**
 * Looks for what the tests run, and installs it through apt where we may.
 * Resolves to one sentence for each program that is missing still: what to install.
 */
export async function ensurePrograms(): Promise<readonly string[]> {
  const absent = PROGRAMS.filter((program) => program.find() === null)
  if (absent.length > 0 && process.getuid?.() === 0 && Bun.which('apt-get')) {
    const packages = absent.map((program) => program.aptPackage)
    console.log(`Installing ${packages.join(' and ')} (apt-get install) ...`)
    await aptGet('update', '-qq')
    await aptGet('install', '-y', '-qq', '--no-install-recommends', ...packages)
  }
  return absent
    .filter((program) => program.find() === null)
    .map(
      ({ label, aptPackage }) =>
        `The tests need ${label}: install it (Debian, Ubuntu: sudo apt-get install ${aptPackage})` +
        (label === 'Chromium' ? ' or name one by CHROMIUM=/path/to/it.' : '.'),
    )
}

async function aptGet(...args: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // What fails is seen by whether the program is there afterwards.
  await Bun.spawn(['apt-get', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }).exited
}
