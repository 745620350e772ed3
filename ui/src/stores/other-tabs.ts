import { onCleanup } from 'solid-js'

/**
 * Owned: calls `follow` when another tab may have changed what is kept in the browser. A page that
 * comes back from the browser's history as it was has heard of nothing meanwhile.
 */
export function createFollowing(follow: () => void, page: EventTarget = globalThis): void {
  const comeBack = (event: Event) => {
    if ((event as PageTransitionEvent).persisted) follow()
  }
  page.addEventListener('storage', follow)
  page.addEventListener('pageshow', comeBack)
  onCleanup(() => {
    page.removeEventListener('storage', follow)
    page.removeEventListener('pageshow', comeBack)
  })
}
