const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The browser that the tests drive: `CHROMIUM` in the environment, or one on the PATH. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM
  if (named) return Bun.which(named)
  for (const name of NAMES) {
    const path = Bun.which(name)
    if (path) return path
  }
  return null
}

/**
 * Finds Chromium, or installs it through apt where we may.
 * Resolves to its path, or to a sentence that says what to install.
 */
export async function ensureChromium(): Promise<{ path: string } | { missing: string }> {
  const found = findChromium()
  if (found) return { path: found }
  if (process.env.CHROMIUM)
    return { missing: `CHROMIUM names '${process.env.CHROMIUM}', which is no program.` }
  if (process.getuid?.() === 0 && Bun.which('apt-get')) {
    console.log('Installing Chromium (apt-get install chromium) ...')
    await run(['apt-get', 'update', '-qq'])
    await run(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'])
    const installed = findChromium()
    if (installed) return { path: installed }
    return { missing: 'apt-get could not install Chromium (see above).' }
  }
  return {
    missing:
      'The browser tests need Chromium: install it (Debian, Ubuntu: sudo apt-get install chromium) ' +
      'or name one by CHROMIUM=/path/to/chromium.',
  }
}

async function run(command: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await Bun.spawn(command, { env, stdio: ['ignore', 'ignore', 'inherit'] }).exited
}
