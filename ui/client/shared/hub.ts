import { CLOSE_CODES } from '../../../server/protocol/close-codes'
import { decodeClientFrame, splitFrames, type ClientFrame } from '../../../server/protocol/frames'
import type { OpenSocket, Socket, SocketListener } from '../socket'
import { Group } from './group'
import { Tab } from './tab'
import type { UpstreamSeams } from './upstream'

/**
 * Speaks to each tab as the server would, and to the server as one client: the tabs of one bearer
 * share a connection. It opens none before a tab authenticates, and reconnects none: when the
 * connection ends, its tabs are told the same code, and come back by themselves.
 */
export function createHub(seams: UpstreamSeams): OpenSocket {
  const hub = new Hub(seams)
  return (url, listener) => hub.open(url, listener)
}

class Hub {
  readonly #groups = new Set<Group>()
  readonly #groupOf = new Map<Tab, Group>()

  constructor(private readonly seams: UpstreamSeams) {}

  open(url: string, listener: SocketListener): Socket {
    const tab = new Tab(url, listener)
    queueMicrotask(() => tab.opened())
    return {
      send: (text) => this.#received(tab, text),
      drop: () => {
        tab.drop()
        this.#groupOf.get(tab)?.remove(tab)
      },
    }
  }

  #received(tab: Tab, text: string): void {
    for (const line of splitFrames(text)) {
      if (tab.isOver) return
      const decoded = decodeClientFrame(line)
      if (decoded.ok) this.#obey(tab, decoded.frame)
      else tab.error('invalid_frame', decoded.message)
    }
  }

  #obey(tab: Tab, frame: ClientFrame): void {
    const group = this.#groupOf.get(tab)
    if (group) group.obey(tab, frame)
    else if (frame.event === 'auth') this.#admit(tab, frame.data.token)
    else tab.error('unauthenticated')
  }

  #admit(tab: Tab, token: string): void {
    const now = this.seams.clock.now()
    const known = [...this.#groups].find(
      (group) => group.url === tab.url && group.takes(token, now) && group.isAlive(),
    )
    try {
      this.#move(tab, known ?? this.#open(tab.url, token))
    } catch {
      // An address that is none.
      tab.end(CLOSE_CODES.abnormal)
    }
  }

  #move(tab: Tab, group: Group): void {
    this.#groupOf.set(tab, group)
    group.add(tab)
  }

  #open(url: string, token: string): Group {
    const group: Group = new Group(this.seams, url, token, {
      authenticated: () => this.#merge(group, token),
      left: (tab) => this.#groupOf.delete(tab),
      over: () => this.#groups.delete(group),
    })
    this.#groups.add(group)
    return group
  }

  /** A new token of a bearer who is here already: one connection is enough. */
  #merge(group: Group, token: string): boolean {
    const elder = [...this.#groups].find(
      (other) =>
        other !== group &&
        other.url === group.url &&
        other.bearer.claims === group.bearer.claims &&
        other.isAuthenticated &&
        other.isAlive(),
    )
    if (!elder) return false
    const { tabs, early } = group.release()
    for (const tab of tabs) this.#move(tab, elder)
    elder.adopt(token)
    for (const [tab, frame] of early) this.#obey(tab, frame)
    return true
  }
}
