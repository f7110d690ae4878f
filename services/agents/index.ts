/** The door of the agents' accounts: who they are, who may manage them, who is at their desk. */
export { requireActive } from './active.ts'
export { closeDesk, forgetDesks, presentSince, presentUntil, renewDesk, seenWorking } from './presence.ts'
export { deactivateAgent, inviteAgent, listAgents, readAgent, renewLink, type Agent } from './roster.ts'
export { mayManage } from './rules.ts'
