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

/**
 * Keeps the end in view while the reader is there, and leaves them alone when they have scrolled up.
 * What is added above (older messages) does not move what they read.
 *
 * @param first key of the first message, which changes when older ones are added
 * @param last key of what is at the end: when it changes, something came
 * @param mine the last message is the reader's own: they want to see it
 */
export function useStickToEnd(first: string | undefined, last: string, mine: boolean): StickToEnd {
  const scrollerRef = useRef<HTMLElement>(null)
  const atEndRef = useRef(true)
  const seenRef = useRef({ first, last, fromEnd: 0 })
  const [below, setBelow] = useState(false)

  const toEnd = (): void => {
    const element = scrollerRef.current
    if (element === null) return
    if (element.scrollHeight > element.clientHeight) element.scrollTop = element.scrollHeight
    else element.lastElementChild?.scrollIntoView({ block: 'nearest' }) // on a very low screen the page scrolls instead
    atEndRef.current = true
    setBelow(false)
  }

  const onScroll = (): void => {
    const element = scrollerRef.current
    if (element === null) return
    seenRef.current.fromEnd = element.scrollHeight - element.scrollTop
    atEndRef.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR
    if (atEndRef.current) setBelow(false)
  }

  useLayoutEffect(() => {
    const element = scrollerRef.current
    const before = seenRef.current
    const changed = before.last !== last
    if (element !== null && before.first !== first && !changed)
      element.scrollTop = element.scrollHeight - before.fromEnd
    else if (atEndRef.current || (changed && mine)) toEnd()
    else if (changed) setBelow(true)
    if (element !== null) seenRef.current = { first, last, fromEnd: element.scrollHeight - element.scrollTop }
  }, [first, last, mine])

  // A keyboard that opens, a window that turns, buttons that appear: the end stays in view.
  useLayoutEffect(() => {
    const element = scrollerRef.current
    if (element === null || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(() => {
      if (atEndRef.current) toEnd()
    })
    observer.observe(element)
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild)
    return () => observer.disconnect()
  }, [])

  return { scrollerRef, below, onScroll, toEnd }
}
