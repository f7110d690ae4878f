/** Channels whose people read the log themselves, by polling or by stream: nothing has to be sent there. */
const READ_FROM_THE_LOG: ReadonlySet<string> = new Set(['directline'])

/** Whether what is said on a channel must be sent to a provider: then it is left `pending` in the log. */
export const isOutbound = (channel: string): boolean => !READ_FROM_THE_LOG.has(channel)
