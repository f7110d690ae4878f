import type { DeskApi } from '../wire/api.ts'
import type { LiveWorld } from '../wire/live.ts'

/** What the desk needs of the browser, so that a test can be the browser. */
export interface World extends LiveWorld {
  api: DeskApi
  /** Now, ISO 8601. */
  now(): string
  /** A random id that no other page makes. */
  newId(): string
  /** Somebody looks at this page: only then is a message read. */
  attentive(): boolean
}
