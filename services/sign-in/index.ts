/** The door of signing in: one-time links now, OIDC later; both end in `openSession`. */
export { clearedCookie, sessionCookie } from './cookies.ts'
export { firstAdministratorLink } from './firstAdministrator.ts'
export { makeLink, signInByLink, type SignInLink } from './links.ts'
export { authenticate, forgetExpired, openSession, readSession, signOut } from './sessions.ts'
