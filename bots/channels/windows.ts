const HOUR_MS = 60 * 60_000
/** Messenger and WhatsApp: anything may be sent to who wrote less than this ago. */
export const WINDOW_MS = 24 * HOUR_MS
/** Messenger: a human who types may write until then, where Meta has reviewed the app for it. */
export const HUMAN_WINDOW_MS = 7 * WINDOW_MS

/** Until when an agent may write to a person; undefined: there is no such limit. */
export function windowEnds(channel: string, wroteAt: Date | undefined, humanAgent: boolean): Date | undefined {
  const window =
    channel === 'whatsapp'
      ? WINDOW_MS
      : channel === 'messenger'
        ? humanAgent
          ? HUMAN_WINDOW_MS
          : WINDOW_MS
        : undefined
  return window === undefined ? undefined : new Date((wroteAt?.getTime() ?? 0) + window)
}
