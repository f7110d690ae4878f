import { z } from 'zod'
import type { DirectLine, Reply } from '../../bots/channels/directline/index.ts'
import { UPLOAD_BYTES } from '../../bots/channels/directline/upload.ts'
import { route, type Answer, type Route, type SocketRoute } from '../route.ts'

const BASE = '/v3/directline'
const ofConversation = z.object({ id: z.string().max(200) })
const sinceWatermark = z.looseObject({ watermark: z.string().max(200).optional() })
/** Clients put more in than is read; the channel checks what it takes. */
const anyObject = z.looseObject({})

/** The calls of Direct Line 3.0 as rows. All may come from pages of other origins: a token stands in the header, never in a cookie. */
export function directLineRoutes(line: DirectLine): Route[] {
  return [
    route({
      method: 'POST',
      path: `${BASE}/tokens/generate`,
      summary: 'A token for a new conversation, for the holder of the secret',
      who: 'directline',
      crossOrigin: true,
      body: { json: anyObject, optional: true },
      handle: async ({ request, body }) => answer(await line.generate(request.headers.authorization, body)),
    }),
    route({
      method: 'POST',
      path: `${BASE}/tokens/refresh`,
      summary: 'A fresh token for the same conversation and user',
      who: 'directline',
      crossOrigin: true,
      body: { json: anyObject, optional: true },
      handle: async ({ request }) => answer(await line.refresh(request.headers.authorization)),
    }),
    route({
      method: 'POST',
      path: `${BASE}/conversations`,
      summary: "Starts the token's conversation, or finds it started",
      who: 'directline',
      crossOrigin: true,
      body: { json: anyObject, optional: true },
      answers: { 201: 'Started', 200: 'It had been started' },
      handle: async ({ request, body }) => answer(await line.start(request.headers.authorization, body)),
    }),
    route({
      method: 'GET',
      path: `${BASE}/conversations/:id`,
      summary: 'Reconnects: a fresh token and stream address',
      who: 'directline',
      crossOrigin: true,
      params: ofConversation,
      query: sinceWatermark,
      handle: async ({ request, params, query }) =>
        answer(await line.resume(request.headers.authorization, params.id, query.watermark)),
    }),
    route({
      method: 'GET',
      path: `${BASE}/conversations/:id/activities`,
      summary: 'What came after a watermark, a hundred at a time',
      who: 'directline',
      crossOrigin: true,
      params: ofConversation,
      query: sinceWatermark,
      handle: async ({ request, params, query }) =>
        answer(await line.poll(request.headers.authorization, params.id, query.watermark)),
    }),
    route({
      method: 'POST',
      path: `${BASE}/conversations/:id/activities`,
      summary: 'Says something; answered after the commit',
      who: 'directline',
      crossOrigin: true,
      params: ofConversation,
      body: { json: anyObject },
      handle: async ({ request, params, body }) =>
        answer(await line.post(request.headers.authorization, params.id, body)),
    }),
    route({
      method: 'POST',
      path: `${BASE}/conversations/:id/upload`,
      summary: 'Sends up to five files of 4 MB, with or without words',
      who: 'directline',
      crossOrigin: true,
      params: ofConversation,
      query: z.looseObject({ userId: z.string().optional() }),
      body: { raw: true },
      maxBytes: UPLOAD_BYTES,
      handle: async ({ request, params, address }) =>
        answer(await line.upload(request.headers.authorization, params.id, request, address)),
    }),
  ]
}

/** The stream of a conversation; its token stands in the address, because a browser sends no header with it. */
export function directLineSocket(line: DirectLine): SocketRoute {
  return {
    path: `${BASE}/conversations/:id/stream`,
    summary: 'What happens in a conversation, as it happens',
    who: 'directline',
    open: ({ params, query }) => line.stream(params['id'] ?? '', query.get('t') ?? '', query.get('watermark')),
  }
}

const answer = ({ status, json }: Reply): Answer => ({ status, json })
