import { createHmac } from 'node:crypto'
import { Refusal } from './errors.ts'
import type { GraphPage, World } from './world.ts'

/** Where a request goes and what it shows to be let in. */
export interface Caller {
  /** `v26.0`. */
  version: string
  /** The path without the version: `/me/messages`. */
  path: string
  token: string | undefined
  tokenIn: 'query' | 'bearer' | 'body' | 'absent'
  proof: string | undefined
}

/** The oldest version that still answers (v20 died on 24 September 2026) and the newest there is. */
const OLDEST = 21
const NEWEST = 26

export function callerOf(url: URL, authorization: string | undefined, body: Record<string, unknown>): Caller {
  const [, version, path = '/'] = /^(?:\/(v\d+\.\d+))?(\/.*)?$/.exec(url.pathname) ?? []
  const bearer = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1]
  const query = url.searchParams.get('access_token') ?? undefined
  const inBody = typeof body['access_token'] === 'string' ? body['access_token'] : undefined
  const proof = url.searchParams.get('appsecret_proof') ?? body['appsecret_proof']
  return {
    version: version ?? `v${NEWEST}.0`,
    path,
    token: query ?? bearer ?? inBody,
    tokenIn: query !== undefined ? 'query' : bearer !== undefined ? 'bearer' : inBody !== undefined ? 'body' : 'absent',
    proof: typeof proof === 'string' ? proof : undefined,
  }
}

/**
 * Meta documents that calls to a dead version are answered by the oldest living one, and not every product does so.
 * Here they are refused, so that a version left in a setting is seen.
 */
export function checkVersion({ version, path }: Caller): void {
  const major = Number(/^v(\d+)/.exec(version)?.[1])
  if (major > NEWEST) throw new Refusal({ code: 2500, message: `Unknown path components: ${path}` })
  if (major < OLDEST)
    throw new Refusal({
      code: 2635,
      message: `(#2635) You are calling a deprecated version of the API. Please update to the latest version: v${NEWEST}.0.`,
    })
}

/** The Page whose token this is, or Meta's refusal. */
export function checkToken({ token, proof }: Caller, world: World): GraphPage {
  if (token === undefined)
    throw new Refusal({ code: 104, message: 'An access token is required to request this resource.' })
  if (world.states.has('tokenRevoked')) throw new Refusal({ code: 190, subcode: 460 })
  const page = world.pages.find(({ tokens }) => tokens.includes(token))
  if (page === undefined) throw new Refusal({ code: 190 })
  const type = 'GraphMethodException'
  if (proof === undefined && world.requiresProof)
    throw new Refusal({ code: 100, type, message: 'API calls from the server require an appsecret_proof argument' })
  if (proof !== undefined && proof !== appSecretProof(world.appSecret, token))
    throw new Refusal({ code: 100, type, message: 'Invalid appsecret_proof provided in the API argument' })
  return page
}

/** What shows that a call comes from the app's own server. */
export const appSecretProof = (secret: string, token: string): string =>
  createHmac('sha256', secret).update(token).digest('hex')
