/** The name of the session's cookie. `__Host-` binds it to the host, but browsers take it over TLS only. */
export const cookieName = (publicUrl: string): string =>
  publicUrl.startsWith('https:') ? '__Host-parcours_desk' : 'parcours_desk'

/** The `Set-Cookie` that hands the session's token to the browser; no script can read it. */
export function sessionCookie(publicUrl: string, token: string, seconds: number): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : ''
  return `${cookieName(publicUrl)}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`
}

/** The `Set-Cookie` that takes it away. */
export const clearedCookie = (publicUrl: string): string => sessionCookie(publicUrl, '', 0)

/** The token in a `Cookie` header, or undefined. Only what a token of ours looks like is returned. */
export function readToken(publicUrl: string, header: string | undefined): string | undefined {
  const prefix = `${cookieName(publicUrl)}=`
  for (const item of (header ?? '').slice(0, 8_192).split(';')) {
    const pair = item.trim()
    if (pair.startsWith(prefix) && /^[A-Za-z0-9_-]{43}$/.test(pair.slice(prefix.length)))
      return pair.slice(prefix.length)
  }
  return undefined
}
