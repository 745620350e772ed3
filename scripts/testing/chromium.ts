const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The browser that the tests drive: `CHROMIUM` in the environment, or one on the PATH. */
export function findChromium(): string | null {
  const named = process.env.CHROMIUM
  if (named) return Bun.which(named)
  return NAMES.map((name) => Bun.which(name)).find((path) => path !== null) ?? null
}
