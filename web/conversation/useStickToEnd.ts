import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { RefObject } from 'preact'

/** How near to the end, in pixels, still counts as reading the end. */
const NEAR = 80

export interface StickToEnd {
  scrollerRef: RefObject<HTMLElement | null>
  /** There is something below that the reader has not seen. */
  below: boolean
  onScroll: () => void
  toEnd: () => void
}

/** The attribute of a message that must not be scrolled out of sight by those that follow it; its value is the message's key. */
export const HOLD = 'data-hold'

/**
 * Keeps the end in view while the reader is there, and leaves them alone when they have scrolled up.
 * What is added above (older messages) does not move what they read. A message marked with `HOLD` stays
 * in view until they have gone to the end themselves.
 *
 * @param first key of the first message, which changes when older ones are added
 * @param last key of what is at the end: when it changes, something came
 * @param mine the last message is the reader's own: they want to see it
 */
export function useStickToEnd(first: string | undefined, last: string, mine: boolean): StickToEnd {
  const scrollerRef = useRef<HTMLElement>(null)
  const atEndRef = useRef(true)
  const seenRef = useRef({ first, last, fromEnd: 0 })
  const releasedRef = useRef<string | null>(null)
  const [below, setBelow] = useState(false)

  const held = (): Element | null => {
    const found = scrollerRef.current?.querySelector(`[${HOLD}]`) ?? null
    return found?.getAttribute(HOLD) === releasedRef.current ? null : found
  }

  const release = (): void => {
    releasedRef.current = held()?.getAttribute(HOLD) ?? releasedRef.current
  }

  const toEnd = (): void => {
    const element = scrollerRef.current
    if (element === null) return
    if (element.scrollHeight > element.clientHeight) element.scrollTop = element.scrollHeight
    else scrollPageTo(element.lastElementChild) // on a very low screen the page scrolls instead
    atEndRef.current = true
    setBelow(false)
  }

  const follow = (): void => {
    toEnd()
    const element = scrollerRef.current
    const hold = held()
    if (element === null || hold === null) return
    const hidden = element.getBoundingClientRect().top - hold.getBoundingClientRect().top
    if (hidden <= 0) return
    element.scrollTop -= hidden
    atEndRef.current = false
    setBelow(true)
  }

  const onScroll = (): void => {
    const element = scrollerRef.current
    if (element === null) return
    seenRef.current.fromEnd = element.scrollHeight - element.scrollTop
    atEndRef.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR
    if (!atEndRef.current) return
    release()
    setBelow(false)
  }

  useLayoutEffect(() => {
    const element = scrollerRef.current
    const before = seenRef.current
    const changed = before.last !== last
    if (element !== null && before.first !== first && !changed)
      element.scrollTop = element.scrollHeight - before.fromEnd
    else if (atEndRef.current || (changed && mine)) follow()
    else if (changed) setBelow(true)
    if (element !== null) seenRef.current = { first, last, fromEnd: element.scrollHeight - element.scrollTop }
  }, [first, last, mine])

  // A keyboard that opens, a window that turns, buttons that appear: the end stays in view.
  useLayoutEffect(() => {
    const element = scrollerRef.current
    if (element === null || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(() => {
      if (atEndRef.current) follow()
    })
    observer.observe(element)
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild)
    return () => observer.disconnect()
  }, [])

  return {
    scrollerRef,
    below,
    onScroll,
    toEnd() {
      release()
      toEnd()
    },
  }
}

/** Scrolls the page until the foot of an element is seen. Not `scrollIntoView`: Chromium would let Tab start there. */
function scrollPageTo(element: Element | null): void {
  const below = (element?.getBoundingClientRect().bottom ?? 0) - document.documentElement.clientHeight
  if (below > 0) scrollBy(0, below)
}
