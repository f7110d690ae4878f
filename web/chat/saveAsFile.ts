import type { TranscriptMessage } from '../conversation/message.ts'
import { dayName, hour } from '../conversation/times.ts'
import type { Speech } from '../text.ts'

/** Gives the conversation to the device as a file of plain text, made here: nothing is asked of the server. */
export function saveAsFile(log: readonly TranscriptMessage[], speech: Speech): void {
  const address = URL.createObjectURL(new Blob([asText(log, speech)], { type: 'text/plain;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `${speech.say('chat:menu.fileName')}.txt`
  link.click()
  URL.revokeObjectURL(address)
}

/** Each message under who wrote it and when; a file that was sent by its name. */
export function asText(log: readonly TranscriptMessage[], { language, say }: Speech): string {
  const messages = log.map(({ author, agentName, at, text, files = [] }) => {
    const who =
      author === 'newcomer' ? say('conversation:author.you') : (agentName ?? say(`conversation:author.${author}`))
    const head = `${who}, ${dayName(language, at, new Date(0))}, ${hour(language, at)}`
    return [head, text, ...files.map(({ name }) => `[${name}]`)].filter((line) => line !== '').join('\n')
  })
  // The mark tells old text editors that this is UTF-8.
  return `\ufeff${say('chat:title')}\n\n${messages.join('\n\n')}\n`
}
