import { stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'

/** For pages: scripts and connections from this origin only (which covers its WebSocket). */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  // Style attributes are what virtual lists and charts position their rows with.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json', '.map', '.webmanifest'])

interface Asset {
  readonly etag: string
  readonly body: Blob | Uint8Array<ArrayBuffer>
  readonly gzip: Uint8Array<ArrayBuffer> | null
  readonly type: string
}

/** Answers a GET or HEAD for a file of the built UI or one of its pages; null for anything else. */
export type ServeUi = (request: Request) => Promise<Response | null>

/**
 * Serves a folder that Vite built. What lies under `assets/` has the hash of its content in the name
 * and is kept by browsers for good; everything else is asked for anew, by ETag. A path without a
 * file gets `index.html` where the client accepts a page, so that the UI's own routes can be loaded.
 */
export function createUi(folder: string): ServeUi {
  const assets = new Map<string, Asset>()

  async function load(path: string): Promise<Asset | null> {
    const file = join(folder, path)
    const found = await stat(file).catch(absent)
    if (!found?.isFile()) return null
    const etag = `"${found.size.toString(36)}-${Math.trunc(found.mtimeMs).toString(36)}"`
    const known = assets.get(path)
    if (known?.etag === etag) return known
    const blob = Bun.file(file)
    const text = COMPRESSIBLE.has(extname(path))
    const bytes = text ? await blob.bytes() : null
    const asset: Asset = {
      etag,
      type: blob.type,
      body: bytes ?? blob,
      gzip: bytes && Bun.gzipSync(bytes),
    }
    assets.set(path, asset)
    return asset
  }

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return null
    const path = safePath(new URL(request.url).pathname)
    const asset = path === null || path === '' ? null : await load(path)
    if (path !== null && asset) return respond(request, path, asset)
    const wantsPage = accepts(request, 'accept', 'text/html')
    // Programs that take anything get the front page, but no page for a path that has none.
    if (!wantsPage && path !== '') return null
    const page = await load('index.html')
    return page ? respond(request, 'index.html', page) : notBuilt()
  }
}

/** The file that a URL's path means, relative to the folder; null for one that must not be served. */
export function safePath(pathname: string): string | null {
  let path: string
  try {
    path = decodeURIComponent(pathname).slice(1)
  } catch {
    return null
  }
  const isHidden = path.split(/[/\\]/).some((part) => part.startsWith('.'))
  return isHidden || path.includes('\0') || path.includes('\\') || path.startsWith(sep)
    ? null
    : path
}

function respond(request: Request, path: string, asset: Asset): Response {
  const headers = new Headers({
    etag: asset.etag,
    'content-type': asset.type,
    'cache-control': path.startsWith('assets/')
      ? 'public, max-age=31536000, immutable'
      : 'no-cache',
    vary: path === 'index.html' ? 'accept, accept-encoding' : 'accept-encoding',
  })
  if (path.endsWith('.html')) headers.set('content-security-policy', CONTENT_SECURITY_POLICY)
  if (accepts(request, 'if-none-match', asset.etag)) {
    return new Response(null, { status: 304, headers })
  }
  if (asset.gzip === null || !accepts(request, 'accept-encoding', 'gzip')) {
    return new Response(asset.body, { headers })
  }
  headers.set('content-encoding', 'gzip')
  // Weak: it names the content, not these bytes (RFC 9110, section 8.8.3).
  headers.set('etag', `W/${asset.etag}`)
  return new Response(asset.gzip, { headers })
}

function accepts(request: Request, header: string, value: string): boolean {
  const items = (request.headers.get(header) ?? '').split(',')
  return items.some((item) => item.split(';')[0]!.trim().replace(/^W\//, '') === value)
}

function notBuilt(): Response {
  const page =
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Orderwire</title>' +
    '<h1>Orderwire runs, but its pages are not built yet</h1>' +
    '<p>Build them with <code>bun run build</code>, then load this page again.</p></html>'
  return new Response(page, {
    status: 503,
    headers: { 'content-type': 'text/html;charset=utf-8', 'cache-control': 'no-store' },
  })
}

function absent(error: unknown): null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null
  throw error
}
