/** A route as Elysia lists it. */
export interface RouteRow {
  readonly method: string
  /** `/api/orders/:id`, or `/assets/*`. */
  readonly path: string
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Answers which methods a path takes, sorted and with HEAD beside GET; none where it does not exist.
 * It is asked after no route matched: a path that does exist is then one for another method (405).
 */
export function createAllowedMethods(routes: readonly RouteRow[]): (path: string) => string[] {
  const patterns = routes
    .filter(({ method }) => METHODS.includes(method))
    .map(({ method, path }) => ({ method, pattern: patternOf(path) }))
  return (path) => {
    const allowed = new Set<string>()
    for (const { method, pattern } of patterns) {
      if (!pattern.test(path)) continue
      allowed.add(method)
      if (method === 'GET') allowed.add('HEAD')
    }
    return [...allowed].sort()
  }
}

function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+'
    return part === '*' ? '.*' : RegExp.escape(part)
  })
  return new RegExp(`^${parts.join('/')}/?$`)
}
