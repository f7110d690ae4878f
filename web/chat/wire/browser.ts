import { deviceIn } from './device.ts'
import { heldIn } from './held.ts'
import { unsentIn } from './unsent.ts'
import type { World } from './world.ts'

/** The browser's own network, clock and storage. `embedded`: within another site's page. */
export function browserWorld(embedded: boolean): World {
  return {
    origin: location.origin,
    fetch: (input, init) => fetch(input, init),
    connect(url, listener) {
      const socket = new WebSocket(url)
      socket.addEventListener('open', () => listener.opened())
      socket.addEventListener('message', (event: MessageEvent<unknown>) => listener.message(event.data))
      socket.addEventListener('close', () => listener.closed())
      return {
        send(text) {
          if (socket.readyState === WebSocket.OPEN) socket.send(text)
        },
        close: () => socket.close(),
      }
    },
    later(then, milliseconds) {
      const timer = setTimeout(then, milliseconds)
      return () => clearTimeout(timer)
    },
    now: () => Date.now(),
    chance: () => Math.random(),
    newId,
    networkUp: () => navigator.onLine,
    unsent: unsentIn(sessionStorage),
    device: deviceIn(() => localStorage),
    held: embedded ? heldIn(sessionStorage) : null,
  }
}

/** `crypto.randomUUID` exists on https and loopback only; a trial on a local network is neither. */
function newId(): string {
  if (isSecureContext) return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
