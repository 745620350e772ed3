/**
 * Whether a browser on `origin` may open a socket here: a page of this very host, or one of the
 * allow-list. CORS does not guard WebSockets. No Origin at all is a program, not a page, and is let
 * through: it has to authenticate like everybody.
 * @param allowed origins as `https://shop.example`, lower case
 */
export function mayConnect(
  origin: string | null,
  host: string | null,
  allowed: readonly string[],
): boolean {
  if (origin === null) return true
  if (allowed.includes(origin.toLowerCase())) return true
  return URL.canParse(origin) && host !== null && new URL(origin).host === host.toLowerCase()
}
