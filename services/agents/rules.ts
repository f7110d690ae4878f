export type Role = 'agent' | 'supervisor' | 'administrator'

/** Who may invite, give a new link to, or deactivate an account of `role`. Agents manage nobody. */
export function mayManage(actor: { role: Role }, role: Role): boolean {
  if (actor.role === 'administrator') return true
  return actor.role === 'supervisor' && role === 'agent'
}
