import { readAgent } from '../../services/agents/index.ts'
import { forbidden, ParcoursError } from '../../services/platform/errors.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { countCall, type AddressLimit } from '../../services/platform/rateLimits.ts'
import { clearedCookie, sessionCookie, signInByLink, signOut } from '../../services/sign-in/index.ts'
import { ok, route, type Route } from '../route.ts'
import { sameOrigin } from '../server.ts'
import type { MeView } from '../types.ts'
import { nothing, signInBody } from './schemas.ts'
import { agentView } from './views.ts'

/** A whole team behind one address of an office signs in within a minute; who guesses is soon stopped. */
const SIGN_INS_PER_ADDRESS: AddressLimit = { purpose: 'sign-in', count: 30, seconds: 60 }

/** Signing in by a one-time link, out again, and who one is. */
export function sessionRoutes(platform: Platform): Route[] {
  const { publicUrl, rateLimit } = platform.settings
  const origin = new URL(publicUrl).origin
  return [
    route({
      method: 'POST',
      path: '/api/v1/session',
      summary: 'Sign in with the secret of a one-time link',
      who: 'anyone',
      body: { json: signInBody },
      answers: { 204: 'Signed in; the session is a cookie', 401: 'Unknown, used or expired' },
      async handle({ body, request, address }) {
        // Nobody is signed in yet, so the router has not looked: a foreign page must not sign its visitor in.
        if (!sameOrigin(request, origin)) throw forbidden('crossSite')
        if (rateLimit) await countCall(platform, SIGN_INS_PER_ADDRESS, address)
        const session = await signInByLink(platform, body.token)
        if (session === undefined) throw new ParcoursError('linkSpent', 401)
        const { token, seconds } = session
        return { status: 204, headers: { 'set-cookie': sessionCookie(publicUrl, token, seconds) } }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/v1/session',
      summary: 'Sign out; live sockets of this session close',
      who: 'agent',
      body: nothing,
      answers: { 204: 'Signed out' },
      async handle({ agent }) {
        await signOut(platform, agent)
        return { status: 204, headers: { 'set-cookie': clearedCookie(publicUrl) } }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/me',
      summary: 'Who is signed in',
      who: 'agent',
      async handle({ agent }) {
        const me: MeView = {
          agent: agentView(await readAgent(platform, agent.id)),
          sessionEndsAt: agent.sessionEndsAt.toISOString(),
        }
        return ok(me)
      },
    }),
  ]
}
