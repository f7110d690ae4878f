const NAME = 'parcours_visitor'
/** How long a person who does not come back is still recognised. */
export const SESSION_DAYS = 180

const cookieName = (secure: boolean): string => (secure ? `__Host-${NAME}` : NAME)

/** The secret of the page's session in a `Cookie` header. Undefined: none, or not one of ours. */
export function readVisitorCookie(header: string | undefined, secure: boolean): string | undefined {
  const wanted = `${cookieName(secure)}=`
  const found = (header ?? '')
    .split(';')
    .map((item) => item.trim())
    .find((item) => item.startsWith(wanted))
  const secret = found?.slice(wanted.length)
  return secret !== undefined && /^[A-Za-z0-9_-]{43}$/.test(secret) ? secret : undefined
}

/**
 * The `Set-Cookie` of the page's session. No script reads it, and only calls of our own page carry it
 * (`Strict` suffices: it is asked for by a call, never by following a link).
 */
export const visitorCookie = (secret: string, secure: boolean): string =>
  setCookie(secret, SESSION_DAYS * 24 * 3600, secure)

/** The `Set-Cookie` that takes the page's session out of the browser. */
export const clearedVisitorCookie = (secure: boolean): string => setCookie('', 0, secure)

function setCookie(value: string, seconds: number, secure: boolean): string {
  const parts = [`${cookieName(secure)}=${value}`, 'Path=/', `Max-Age=${seconds}`, 'HttpOnly', 'SameSite=Strict']
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ')
}
