import { deactivateAgent, inviteAgent, listAgents, renewLink, type Agent } from '../../services/agents/index.ts'
import { requeueAbsent } from '../../services/handoff/index.ts'
import type { Platform } from '../../services/platform/platform.ts'
import type { SignInLink } from '../../services/sign-in/index.ts'
import { ok, route, type Route } from '../route.ts'
import type { InvitationView } from '../types.ts'
import { idParam, invitationBody, nothing } from './schemas.ts'
import { agentView } from './views.ts'

/** Accounts. Which role may manage which is the service's rule; agents manage nobody. */
export function agentRoutes(platform: Platform): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/agents',
      summary: 'All accounts, with who is at their desk',
      who: 'agent',
      handle: async () => ok({ agents: (await listAgents(platform)).map(agentView) }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/agents',
      summary: 'Invite a colleague; the answer has their one-time link',
      who: 'supervisor',
      body: { json: invitationBody },
      answers: { 201: 'Invited' },
      handle: async ({ agent, body: { clientInvitationId, ...invitee } }) => ({
        status: 201,
        json: invitationView(await inviteAgent(platform, agent, invitee, clientInvitationId)),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/v1/agents/:id/link',
      summary: 'A new one-time link for an account; the one before is void',
      who: 'supervisor',
      params: idParam,
      body: nothing,
      handle: async ({ agent, params }) => ok(invitationView(await renewLink(platform, agent, params.id))),
    }),
    route({
      method: 'POST',
      path: '/api/v1/agents/:id/deactivate',
      summary: 'Close an account: its sessions end, what it holds returns to the queue',
      who: 'supervisor',
      params: idParam,
      body: nothing,
      answers: { 204: 'Closed' },
      async handle({ agent, params }) {
        await platform.database.hold(() => deactivateAgent(platform, agent, params.id))
        await requeueAbsent(platform) // at once; should we stop here, the sweep does it
        return { status: 204 }
      },
    }),
  ]
}

const invitationView = ({ agent, link }: { agent: Agent; link: SignInLink }): InvitationView => ({
  agent: agentView(agent),
  link: link.url,
  expiresAt: link.expiresAt.toString(),
})
