import type { Place } from './state.ts'

/** The address of a place under `/desk`. */
export function addressOf(place: Place): string {
  switch (place.at) {
    case 'people':
      return '/desk'
    case 'team':
      return '/desk/team'
    case 'questions':
      return '/desk/questions'
    case 'conversation':
      return `/desk/conversations/${encodeURIComponent(place.id)}`
  }
}

/** The place that an address means; an unknown one means the lists. */
export function placeAt(pathname: string): Place {
  const parts = pathname.split('/').filter((part) => part !== '')
  if (parts[1] === 'team' || parts[1] === 'questions') return { at: parts[1] }
  const id = parts[1] === 'conversations' ? parts[2] : undefined
  if (id === undefined) return { at: 'people' }
  try {
    return { at: 'conversation', id: decodeURIComponent(id) }
  } catch {
    return { at: 'people' }
  }
}

/** The one-time token of a sign-in link (`/desk#sign-in=…`), or null. */
export function signInToken(hash: string): string | null {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('sign-in')
  return token === null || token === '' ? null : token
}
