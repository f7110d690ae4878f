import { WebSocket } from 'ws'
import type { Running } from '../../api/compose.ts'
import { liveSocket } from '../../api/desk/index.ts'
import { serve, type Listening } from '../../api/server.ts'
import { authenticate } from '../../services/sign-in/index.ts'
import type { SignedIn } from './server.ts'

/** The desk's live socket of a node on a port of its own, where it looks, pings and renews more often. */
export interface QuickDesks {
  /** Opens a tab of an agent. `deaf`: it answers no ping, as a laptop that sleeps. */
  open(who: SignedIn, how?: 'awake' | 'deaf'): Promise<WebSocket>
  close(): Promise<void>
}

/** Starts it beside a node. With each third look a desk is renewed, with each sixth pinged; after two pings without an answer it is cut. */
export async function startQuickDesks({ platform }: Running, lookMs: number): Promise<QuickDesks> {
  const settings = { ...platform.settings, port: 0 }
  const node = { ...platform, settings }
  const listening: Listening = await serve(node, [], [liveSocket(node, lookMs)], (cookies) =>
    authenticate(platform, cookies),
  )
  const open = new Set<WebSocket>()
  return {
    open: (who, how = 'awake') =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://localhost:${listening.port}/api/v1/live`, {
          headers: { cookie: who.cookie, origin: new URL(settings.publicUrl).origin },
          autoPong: how === 'awake',
        })
        open.add(socket)
        socket.once('message', () => resolve(socket)) // the hello
        socket.once('error', reject)
      }),
    async close() {
      for (const socket of open) socket.terminate()
      await listening.close(200)
    },
  }
}
