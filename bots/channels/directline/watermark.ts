/** The last position of the log that a client has seen; `start` when it says none. */
export type Position = number | 'start'

/**
 * Reads a watermark. Nothing, `-` and what is not ours mean the start: a client that is refused here
 * would stop polling for good.
 */
export function readWatermark(given: string | null | undefined): Position {
  return given !== undefined && given !== null && /^\d{1,9}$/.test(given) ? Number(given) : 'start'
}

/** Writes one: never empty, because the clients keep their old one then. */
export const showWatermark = (position: Position): string => (position === 'start' ? '-' : String(position))
