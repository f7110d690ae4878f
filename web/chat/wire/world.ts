/** An open or opening web socket. */
export interface Socket {
  /** Sends if it can; what is lost with the socket is made good by the next one. */
  send(text: string): void
  close(): void
}

/** Who hears from a socket. `closed` comes exactly once, also when it never opened. */
export interface SocketListener {
  opened(): void
  message(content: unknown): void
  closed(): void
}

/** What the Direct Line client needs of the browser, so that a test can be the browser. Times are milliseconds. */
export interface World {
  /** The origin of the server, without a slash at the end. */
  origin: string
  fetch: typeof fetch
  connect(url: string, listener: SocketListener): Socket
  /** Calls `then` after a while; the result cancels it. */
  later(then: () => void, milliseconds: number): () => void
  /** Milliseconds since 1970. */
  now(): number
  /** A number in [0, 1). */
  chance(): number
  /** A random id that no other page makes. */
  newId(): string
  /** What the browser believes of the network; a false "yes" is common, a "no" is true. */
  networkUp(): boolean
  unsent: UnsentStore
  device: DeviceStore
  /** Within another site's page, where no cookie is kept: the token itself, for as long as the tab is open. Null on our own page. */
  held: HeldStore | null
}

/** Whether others use this device too, as the person said last; kept on it, whether or not the server has heard. */
export interface DeviceStore {
  isShared(): boolean
  share(shared: boolean): void
}

/** The right to a conversation, as a tab holds it. */
export interface Held {
  token: string
  userId: string
}

export interface HeldStore {
  load(): Held | null
  save(held: Held | null): void
}

/** A message that was written and not yet acknowledged by the server. */
export interface Unsent {
  clientActivityID: string
  text: string
  /** When it was written, ISO 8601. */
  at: string
}

/** Where unsent texts survive a reload. */
export interface UnsentStore {
  load(): Unsent[]
  save(unsent: readonly Unsent[]): void
}
