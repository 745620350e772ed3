import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Builds the UI into ui/dist. The folder is replaced only after the build succeeded, so a failed one
 * leaves the pages that worked. With `--if-changed`: only when a file that goes into it has changed.
 */

const root = join(import.meta.dir, '..')
const dist = join(root, 'ui/dist')
/** Of this process alone, and where nobody looks for sources: two may build at once. */
const next = join(root, `node_modules/.ui-${process.pid}`)
const stampName = '.sources'

/** A hash over path and content of each file that the build reads. */
async function sourcesStamp(): Promise<string> {
  const paths = ['package.json', 'bun.lock', 'tsconfig.json', 'scripts/build.ts']
  for (const pattern of ['ui/**/*', 'server/protocol/**/*'])
    paths.push(...new Bun.Glob(pattern).scanSync({ cwd: root, dot: true }))
  const isSource = (path: string) => !/^ui\/(dist|e2e)\/|\.test\.tsx?$/.test(path)
  const hash = new Bun.CryptoHasher('sha256')
  for (const path of paths.filter(isSource).sort())
    hash.update(`${path}\0`).update(await Bun.file(join(root, path)).bytes())
  return hash.digest('hex')
}

const stamp = await sourcesStamp()
const builtFrom = Bun.file(join(dist, stampName))
const upToDate =
  existsSync(join(dist, 'index.html')) &&
  (await builtFrom.exists()) &&
  (await builtFrom.text()) === stamp

if (!upToDate || !process.argv.includes('--if-changed')) {
  console.error('Building the UI ...')
  // Whoever asks for it: a test's own environment would bring the libraries' development builds.
  process.env.NODE_ENV = 'production'
  // Loaded here only: the check above is on the way of every start.
  const { build } = await import('vite')
  try {
    await build({
      root: join(root, 'ui'),
      logLevel: 'warn',
      build: { outDir: next, emptyOutDir: true },
    })
    await Bun.write(join(next, stampName), stamp)
    await rm(dist, { recursive: true, force: true })
    await rename(next, dist)
  } finally {
    await rm(next, { recursive: true, force: true })
  }
}
