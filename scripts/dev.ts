import { join } from 'node:path'

/**
 * For development: the server, restarted when one of its files changes, and the Vite dev server with
 * hot reload, which hands /api, /ws, /health and /openapi on to it. Ctrl-C ends both, and so does the
 * end of either.
 */

const root = join(import.meta.dir, '..')
const pages = `http://localhost:${process.env.UI_PORT ?? '3000'}`
const port = process.env.REALTIME_PORT ?? process.env.PORT ?? '3009'
// Pages come from Vite's port, so their requests carry its origin.
const origins = [process.env.ALLOWED_ORIGINS, pages].filter(Boolean).join(',')

const children = [
  ['--watch', '--no-clear-screen', 'server/main.ts'],
  ['--bun', 'node_modules/vite/bin/vite.js', 'ui', '--clearScreen', 'false'],
].map((args) =>
  Bun.spawn([process.execPath, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ALLOWED_ORIGINS: origins },
  }),
)

console.log(`UI with hot reload  ${pages}`)
console.log(`Server              http://localhost:${port}`)
console.log('Ctrl-C ends both.')

let asked = false
function stop(): void {
  for (const child of children) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    asked = true
    stop()
  })

const first = await Promise.race(children.map((child) => child.exited))
stop()
await Promise.all(children.map((child) => child.exited))
process.exit(asked ? 0 : first || 1)
