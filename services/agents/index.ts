/** The door of the agents' accounts: who they are, who may manage them, who is at their desk. */
export { closeDesk, forgetDesks, presentUntil, renewDesk } from './presence.ts'
export { deactivateAgent, inviteAgent, listAgents, readAgent, renewLink, type Agent } from './roster.ts'
export { mayManage } from './rules.ts'
