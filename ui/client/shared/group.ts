import { CLOSE_CODES, type CloseCode } from '../../../server/protocol/close-codes'
import type { AuthenticatedFrame, ClientFrame } from '../../../server/protocol/frames'
import { bearerOf, type Bearer } from './bearer'
import { Feeds } from './feeds'
import type { Tab } from './tab'
import { Upstream, type UpstreamSeams } from './upstream'

type End = Pick<CloseCode, 'code' | 'reason'>

/** What a tab asked before the server had taken the token. */
export type Early = readonly [tab: Tab, frame: ClientFrame]

export interface GroupEffects {
  /** The server has taken the first token. True: another group has the tabs now. */
  authenticated(): boolean
  /** The tab does not belong to it any more. */
  left(tab: Tab): void
  /** No tab is left, or the connection has ended. */
  over(): void
}

/** The tabs of one bearer, and the one connection that they share. */
export class Group {
  readonly bearer: Bearer
  readonly #tabs = new Set<Tab>()
  readonly #feeds: Feeds
  readonly #upstream: Upstream
  /** What the server said last to a token; null before the first. */
  #told: AuthenticatedFrame['data'] | null = null
  /** Tokens that the server has taken; at first the one that it is asked about. */
  readonly #tokens: Map<string, Bearer>
  /** On their way to the server. */
  #renewals: string[] = []
  #early: Early[] = []
  #isOver = false

  constructor(
    seams: UpstreamSeams,
    readonly url: string,
    private token: string,
    private readonly effects: GroupEffects,
  ) {
    this.bearer = bearerOf(token)
    this.#tokens = new Map([[token, this.bearer]])
    this.#feeds = new Feeds({
      send: (frame) => this.#upstream.send(frame),
      tell: (line) => this.#tell(line),
      openSide: (listener) => new Upstream(seams, url, this.token, listener),
      dismiss: (tab, end) => this.#dismiss(tab, end),
      restart: () => this.#end(CLOSE_CODES.resume),
    })
    this.#upstream = new Upstream(seams, url, token, {
      authenticated: (data) => this.#authenticated(data),
      received: (frame, line) => this.#feeds.receive(frame, line),
      unknown: (line) => this.#tell(line),
      framesDue: () => this.#feeds.due,
      ended: (code, reason) => this.#end({ code, reason }),
    })
  }

  get isAuthenticated(): boolean {
    return this.#told !== null
  }

  /** Whether whoever shows this token may join without asking the server. */
  takes(token: string, now: number): boolean {
    const bearer = this.#tokens.get(token)
    return bearer !== undefined && now < bearer.expiresAt
  }

  /** Looks first: nobody is to join what is dead. */
  isAlive(): boolean {
    this.#upstream.check()
    return !this.#isOver
  }

  add(tab: Tab): void {
    this.#tabs.add(tab)
    if (this.#told) tab.send({ event: 'authenticated', data: this.#told })
  }

  /** The tab has gone. */
  remove(tab: Tab): void {
    if (!this.#tabs.delete(tab)) return
    this.effects.left(tab)
    if (this.#tabs.size === 0) this.#close()
    else this.#feeds.leave(tab)
  }

  obey(tab: Tab, frame: ClientFrame): void {
    if (!this.#told) this.#early.push([tab, frame])
    else if (frame.event === 'auth') this.#renew(tab, frame.data.token)
    else this.#feeds.obey(tab, frame)
  }

  /** Is over, and gives its tabs away. */
  release(): { readonly tabs: readonly Tab[]; readonly early: readonly Early[] } {
    this.#close()
    return { tabs: [...this.#tabs], early: this.#early }
  }

  /** Another connection has shown that the server takes this token of the same bearer. */
  adopt(token: string): void {
    this.#tokens.set(token, bearerOf(token))
    this.#renewWith(token)
  }

  #authenticated(data: AuthenticatedFrame['data']): void {
    const isFirst = this.#told === null
    const renewed = this.#renewals.shift()
    if (renewed !== undefined) {
      this.#tokens.set(renewed, bearerOf(renewed))
      this.token = renewed
    }
    this.#told = data
    if (isFirst && this.effects.authenticated()) return
    for (const tab of this.#tabs) tab.send({ event: 'authenticated', data })
    const early = this.#early
    this.#early = []
    for (const [tab, frame] of early) if (this.#tabs.has(tab)) this.obey(tab, frame)
  }

  /** One tab's new token is good for all. A tab that changed sides does not take the others along. */
  #renew(tab: Tab, token: string): void {
    const { claims, subject } = bearerOf(token)
    if (subject !== this.bearer.subject) return this.#dismiss(tab, CLOSE_CODES.subjectChanged)
    if (claims !== this.bearer.claims) return this.#dismiss(tab, CLOSE_CODES.resume)
    if (!this.#renewWith(token)) tab.send({ event: 'authenticated', data: this.#told! })
  }

  /** False where the token lasts no longer than the one there is. */
  #renewWith(token: string): boolean {
    if (this.#renewals.includes(token)) return true
    if (bearerOf(token).expiresAt <= bearerOf(this.token).expiresAt) return false
    this.#renewals.push(token)
    this.#upstream.send({ event: 'auth', data: { token } })
    return true
  }

  #tell(line: string): void {
    for (const tab of this.#tabs) tab.line(line)
  }

  #dismiss(tab: Tab, end: End): void {
    this.remove(tab)
    tab.end(end)
  }

  #end(end: End): void {
    if (this.#isOver) return
    this.#close()
    for (const tab of this.#tabs) {
      this.effects.left(tab)
      tab.end(end)
    }
    this.#tabs.clear()
  }

  #close(): void {
    this.#isOver = true
    this.#feeds.close()
    this.#upstream.drop()
    this.effects.over()
  }
}
