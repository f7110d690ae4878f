/**
 * Where "leave quickly" goes. The most ordinary page there is: it exists in every language, says
 * nothing about who was here, and nobody wonders at it in a browser's history.
 */
export const NEUTRAL_PAGE = 'https://www.google.com/'

/** How many times Escape, and within how many milliseconds. */
const PRESSES = 3
const WITHIN = 2_000

/**
 * Leaves at once: what is on screen goes first, in the same instant, then the page is replaced, so
 * that "back" does not return here.
 *
 * @param forget ends the conversation in this page's memory and this browser's cookie; what it asks of the
 *   server must outlive the page
 * @param lastWord says something before that; it is on its way after one task, and outlives the page
 * @param away where to: the neutral page, unless another page holds this one and must leave itself
 */
export function leaveQuickly(forget: () => void, lastWord?: () => void, away = leavePage): void {
  document.body.replaceChildren()
  document.title = ''
  const go = (): void => {
    forget()
    eraseStorage()
    away()
  }
  if (lastWord === undefined) return go()
  lastWord()
  setTimeout(go, 0)
}

const leavePage = (): void => location.replace(NEUTRAL_PAGE)

/** Nothing of the conversation is kept in the tab. Storage may be forbidden: then nothing is in it. */
function eraseStorage(): void {
  try {
    sessionStorage.clear()
  } catch {
    // Leaving goes on.
  }
}

/** Calls `leave` when Escape is pressed three times in a row. The result stops listening. */
export function onThreeEscapes(leave: () => void): () => void {
  let presses: number[] = []
  const listen = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') {
      presses = []
      return
    }
    presses = [...presses, event.timeStamp].filter((at) => event.timeStamp - at < WITHIN)
    if (presses.length >= PRESSES) leave()
  }
  document.addEventListener('keydown', listen)
  return () => document.removeEventListener('keydown', listen)
}
