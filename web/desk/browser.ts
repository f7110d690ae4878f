import { deskApi } from './wire/api.ts'
import type { Ears, Socket } from './wire/live.ts'
import type { World } from './work/world.ts'

/** The real browser as the desk's world. `language` is that of refusals. */
export function browserWorld(language: () => string): World {
  return {
    api: deskApi((input, init) => fetch(input, init), language, randomId),
    connect: socket,
    later(then, milliseconds) {
      const timer = setTimeout(then, milliseconds)
      return () => clearTimeout(timer)
    },
    chance: () => Math.random(),
    now: () => new Date().toISOString(),
    newId: randomId,
    attentive: () => document.visibilityState === 'visible' && document.hasFocus(),
  }
}

function socket(ears: Ears): Socket {
  const url = new URL('/api/v1/live', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const real = new WebSocket(url)
  real.addEventListener('message', (event: MessageEvent<unknown>) => ears.heard(event.data))
  real.addEventListener('close', () => ears.closed())
  return { send: (text) => real.send(text), close: () => real.close() }
}

/** `crypto.randomUUID` exists only where TLS does; a desk on an office's own network may have none. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
