const NAME = 'parcours_visitor'
/** On a device that others use too: as long as a visit. */
export const SHARED_HOURS = 12
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
 * On a `shared` device it is gone when the browser closes.
 */
export const visitorCookie = (secret: string, secure: boolean, shared: boolean): string =>
  setCookie(secret, shared ? null : SESSION_DAYS * 24 * 3600, secure)

/** The `Set-Cookie` that takes the page's session out of the browser. */
export const clearedVisitorCookie = (secure: boolean): string => setCookie('', 0, secure)

/** `seconds` null: until the browser closes. */
function setCookie(value: string, seconds: number | null, secure: boolean): string {
  return [
    `${cookieName(secure)}=${value}`,
    'Path=/',
    ...(seconds === null ? [] : [`Max-Age=${seconds}`]),
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
  ].join('; ')
}
