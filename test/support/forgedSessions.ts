import { digest, randomSecret, type AgentId } from '../../services/platform/ids.ts'
import { openSession, signOut } from '../../services/sign-in/index.ts'
import { forgedTokens, identityHeaders, longAgo } from './forgedTokens.ts'
import type { RouteWorld } from './routeTable.ts'
import { startTestServer } from './server.ts'

type Headers = Record<string, string>

/**
 * Headers of people who are no signed-in agent, each wrong in one way, or right in another place than the
 * cookie. None may open a route or a socket of the desk.
 */
export async function forgedSessions(world: RouteWorld): Promise<Record<string, Headers>> {
  const { server, tokens } = world
  const { platform } = server.running
  const { db } = platform.database
  const cookie = (value: string, name = 'parcours_desk'): Headers => ({ cookie: `${name}=${value}` })
  const chief = await server.signInAgent({ name: 'Chief of the forged', role: 'administrator' })
  const right = chief.cookie.split('=')[1] ?? ''
  const sessionId = async (token: string): Promise<string> => {
    const row = db.selectFrom('agent_sessions').select('id').where('token_digest', '=', digest(token))
    return (await row.executeTakeFirstOrThrow()).id
  }

  const idle = await openSession(platform, chief.agentId as AgentId)
  await db
    .updateTable('agent_sessions')
    .set({ last_seen_at: longAgo() })
    .where('token_digest', '=', digest(idle.token))
    .execute()
  const left = await openSession(platform, chief.agentId as AgentId)
  await signOut(platform, { id: chief.agentId, sessionId: await sessionId(left.token) })
  const elsewhere = await startTestServer()
  const foreign = await elsewhere.signInAgent({ role: 'administrator' })
  await elsewhere.stop()
  const conv = world.headersOf('visitorA')['authorization']?.split(' ')[1] ?? ''
  const jwt = forgedTokens(platform, 'conv', { agent: chief.agentId })

  const cases: Record<string, Headers> = {
    'no cookie': {},
    'an empty cookie': cookie(''),
    'a cookie that is no token': cookie('x'),
    'a guess': cookie(randomSecret()),
    'a cookie one character short': cookie(right.slice(1)),
    'a cookie with more behind it': cookie(`${right}A`),
    'a quoted cookie': cookie(`"${right}"`),
    'the case of the token changed': cookie(right.toUpperCase() === right ? right.toLowerCase() : right.toUpperCase()),
    'the cookie’s name in another case': cookie(right, 'Parcours_Desk'),
    'the cookie of https': cookie(right, '__Host-parcours_desk'),
    'the visitor’s cookie': cookie(right, 'parcours_visitor'),
    'beyond 8 KB of other cookies': { cookie: `${'a=b; '.repeat(2_000)}parcours_desk=${right}` },
    'the session’s id': cookie(await sessionId(right)),
    'the digest that the database keeps': cookie(digest(right).toString('base64url')),
    'the agent’s id': cookie(chief.agentId),
    'a visitor’s token': cookie(conv),
    'a token with alg none': cookie(jwt['alg none'] ?? ''),
    'our own signature': cookie(tokens.issue('conv', { agent: chief.agentId, role: 'administrator' }, 1800)),
    'the session as a bearer': { authorization: `Bearer ${right}` },
    'name and password': { authorization: `Basic ${Buffer.from(`${chief.agentId}:${right}`).toString('base64')}` },
    'the session in a header': { 'x-session': right, 'x-parcours-desk': right, 'x-api-key': right },
    'another environment': { cookie: foreign.cookie },
    'a session that has expired': world.headersOf('expired'),
    'a session idle too long': cookie(idle.token),
    'a session that was signed out': cookie(left.token),
    'an account that was closed': world.headersOf('deactivated'),
  }
  for (const headers of identityHeaders(chief.agentId)) cases[`the header ${Object.keys(headers).join()}`] = headers
  return cases
}
