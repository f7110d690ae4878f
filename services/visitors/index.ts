/** The door of the visitors' domain: who the page talks with, found again after days by a cookie. */
export { clearedVisitorCookie, readVisitorCookie, visitorCookie } from './cookie.ts'
export { endSession, forgetEndedSessions, newVisitor, renewSession, startSession, type Visitor } from './session.ts'
