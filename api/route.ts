import type { IncomingMessage, ServerResponse } from 'node:http'
import type { WebSocket } from 'ws'
import type { z } from 'zod'

/** Who may call a route. The router proves it before the handler runs. */
export type Who =
  /** Anybody; the handler gives away nothing that is somebody's. */
  | 'anyone'
  /** A Direct Line token or secret; the handler's own door checks which. */
  | 'directline'
  /** A signed-in agent, of any role. */
  | 'agent'
  | 'supervisor'
  | 'administrator'

/** A signed-in agent, as the session says now (read at each request). */
export interface AgentActor {
  id: string
  name: string
  role: 'agent' | 'supervisor' | 'administrator'
  languages: string[]
  sessionId: string
  sessionEndsAt: Date
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS'

/** How the body is read: JSON against a schema, or the raw stream for the handler (uploads, webhooks). */
export type Body<B> = { json: z.ZodType<B>; optional?: boolean } | { raw: true } | undefined

/** What a handler is given: everything already read, bounded and checked. */
export interface Call<P, Q, B> {
  params: P
  query: Q
  body: B
  /** Set when the row's `who` asks for an agent. */
  agent: AgentActor
  /** The caller's address, through trusted proxies only. */
  address: string
  request: IncomingMessage
  /** For the few handlers that write the answer themselves (files, pages). */
  response: ServerResponse
}

/** What a handler answers: JSON with a status, or nothing more because it wrote itself. */
export type Answer = { status: number; json?: unknown; headers?: Record<string, string | string[]> } | 'answered'

/**
 * A row of the table of routes: the router, OpenAPI, the authorization matrix and the fuzz are made
 * from it. A route without a row cannot exist.
 */
export interface Route<P = unknown, Q = unknown, B = unknown> {
  method: Method
  /** restify path: `/api/v1/conversations/:id`. */
  path: string
  /** One English line for OpenAPI. */
  summary: string
  who: Who
  params?: z.ZodType<P>
  query?: z.ZodType<Q>
  body?: Body<B>
  /** The most bytes a body may have; 64 KB unless said. */
  maxBytes?: number
  /** May be called by pages of other origins (Direct Line); answers OPTIONS too. */
  crossOrigin?: boolean
  /** Answers that OpenAPI names, beside the errors that every route has. */
  answers?: Record<number, string>
  handle(call: Call<P, Q, B>): Promise<Answer>
}

/** A web socket route: authorised before the upgrade, by the same rules. */
export interface SocketRoute {
  path: string
  summary: string
  who: Who
  /** Throws a `ParcoursError` to refuse the handshake; otherwise gets the open socket. */
  open(call: {
    params: Record<string, string>
    query: URLSearchParams
    agent: AgentActor | undefined
    origin: string | undefined
    request: IncomingMessage
  }): Promise<(socket: WebSocket) => void>
}

/** Names a row's types once, so that its handler is checked against its own schemas. */
export function route<P = Record<string, never>, Q = Record<string, never>, B = undefined>(row: Route<P, Q, B>): Route {
  return row
}

/** `200` with JSON. */
export const ok = (json: unknown): Answer => ({ status: 200, json })
