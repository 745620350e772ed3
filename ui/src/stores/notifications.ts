import { createEffect, createSignal, on } from 'solid-js'
import type { KeptStorage } from './kept'

/** `denied`: the browser does not let the page; only its settings change that. */
export type NotificationState = 'unsupported' | 'denied' | 'off' | 'on'

export interface Note {
  readonly title: string
  readonly body?: string | undefined
  /** One of the same tag is replaced. */
  readonly tag: string
  /** Where a click leads. */
  readonly href: string
}

/** What the browser does of it. */
export interface NotificationPlatform {
  readonly permission: () => NotificationPermission | 'unsupported'
  readonly ask: () => Promise<unknown>
  /** Returns what closes it. */
  readonly show: (note: Note, onClick: () => void) => () => void
}

/** The browser's own notifications; off until somebody wants them. */
export interface Notifications {
  /** Reactive. */
  readonly state: () => NotificationState
  /** Asks the person, if need be: call it from a click. */
  readonly turnOn: () => Promise<NotificationState>
  readonly turnOff: () => void
  /** Without effect while they are off. */
  readonly show: (note: Note) => void
  /** Closes what is shown, all or that of a tag. */
  readonly close: (tag?: string) => void
  /** Says how a click is followed. */
  readonly openWith: (open: (href: string) => void) => void
}

/** Of the browser, whoever is signed in: no other setting is dropped at a sign-out either. */
const KEY = 'orderwire-notifications'

/** Owned. @param looking reactive: whether the tab is in sight, where none is needed */
export function createNotifications(
  storage: KeptStorage,
  looking: () => boolean,
  platform: NotificationPlatform = browserNotifications,
): Notifications {
  const [wanted, setWanted] = createSignal(storage.getItem(KEY) === 'on')
  const [permission, setPermission] = createSignal(platform.permission())
  const closers = new Map<string, () => void>()
  let open = (_href: string) => {}

  function state(): NotificationState {
    const allowed = permission()
    if (allowed === 'unsupported' || allowed === 'denied') return allowed
    return wanted() && allowed === 'granted' ? 'on' : 'off'
  }

  function close(tag?: string): void {
    for (const [known, end] of closers) {
      if (tag !== undefined && tag !== known) continue
      end()
      closers.delete(known)
    }
  }

  createEffect(
    on(looking, (inSight) => {
      // The person may have been to the browser's settings.
      setPermission(platform.permission())
      if (inSight) close()
    }),
  )

  return {
    state,
    async turnOn() {
      await platform.ask()
      setPermission(platform.permission())
      if (permission() === 'granted') {
        storage.setItem(KEY, 'on')
        setWanted(true)
      }
      return state()
    },
    turnOff() {
      storage.removeItem(KEY)
      setWanted(false)
      close()
    },
    show(note) {
      // Another tab may have turned them off.
      if (state() !== 'on' || storage.getItem(KEY) !== 'on') return
      const end = platform.show(note, () => {
        close(note.tag)
        open(note.href)
      })
      closers.set(note.tag, end)
    },
    close,
    openWith: (next) => (open = next),
  }
}

const browserNotifications: NotificationPlatform = {
  // An origin that is not secure has them by name, and no setting of the browser allows them.
  permission: () =>
    isSecureContext && 'Notification' in window ? Notification.permission : 'unsupported',
  ask: () => Notification.requestPermission(),
  show({ title, body, tag }, onClick) {
    try {
      const shown = new Notification(title, { tag, icon: '/icon.svg', ...(body && { body }) })
      shown.addEventListener('click', () => {
        window.focus()
        onClick()
      })
      return () => shown.close()
    } catch {
      // Some browsers have them for service workers only.
      return () => {}
    }
  },
}
