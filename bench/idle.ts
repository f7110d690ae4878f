import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openTalk, type DirectLineTalk } from './talk.ts'

/** People who keep their page open and say nothing. Prints a line of JSON when all are there, and goes when told. */
export interface IdleSockets {
  open: number
  failed: number
  seconds: number
}

const AT_ONCE = 32

const { values } = parseArgs({ options: { url: { type: 'string', default: '' }, sockets: { type: 'string' } } })
const started = performance.now()
let left = Number(values.sockets)
const open: DirectLineTalk[] = []
let failed = 0
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (left > 0) {
      left -= 1
      try {
        const talk = await openTalk(values.url)
        talk.onlyListen()
        open.push(talk)
      } catch {
        failed += 1
      }
    }
  }),
)
const idle: IdleSockets = { open: open.length, failed, seconds: (performance.now() - started) / 1000 }
console.log(JSON.stringify(idle))
process.once('SIGTERM', () => process.exit(0))
while (process.ppid > 1) await delay(1_000)
