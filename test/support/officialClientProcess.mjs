// The unmodified botframework-directlinejs in a process of its own: it wants a browser's globals, and it
// throws where nobody catches. Started by officialClient.ts, which talks with it over IPC.
import { JSDOM } from 'jsdom'

const { base, token, conversationId, webSocket, hurry } = JSON.parse(process.argv[2] ?? '{}')

const { window } = new JSDOM('', { url: base }) // the server's origin: no preflight
for (const name of ['XMLHttpRequest', 'FormData', 'Blob', 'File', 'WebSocket']) globalThis[name] = window[name]
// Its timer of 15 minutes, in a hurry.
const plainInterval = globalThis.setInterval
globalThis.setInterval = (work, ms, ...rest) => plainInterval(work, ms >= 60_000 ? ms / hurry : ms, ...rest)

const { DirectLine, ConnectionStatus } = await import('botframework-directlinejs')
const say = (message) => process.send?.(message)

const client = new DirectLine({
  token,
  domain: `${base}/v3/directline`,
  webSocket,
  timeout: 400, // each "20 s"
  ...(conversationId === undefined ? {} : { conversationId }),
  ...(webSocket ? {} : { pollingInterval: 200 }),
})
client.getRetryDelay = () => 100 // instead of 3 to 15 s

client.connectionStatus$.subscribe((status) => say({ kind: 'status', status: ConnectionStatus[status] }))
client.activity$.subscribe(
  (activity) => say({ kind: 'activity', activity }),
  (error) => say({ kind: 'error', error: String(error.message ?? error.status ?? error) }),
)
let known = token
plainInterval(() => {
  if (client.token === known) return
  known = client.token
  say({ kind: 'token', token: known })
}, 20)

process.on('message', ({ ask, activity }) => {
  if (ask === 'end') {
    client.end()
    process.disconnect()
    process.exit(0)
  }
  client.postActivity(activity).subscribe(
    (id) => say({ kind: 'posted', mark: activity.channelData?.clientActivityID, id }),
    (error) => say({ kind: 'refused', mark: activity.channelData?.clientActivityID, status: error.status }),
  )
})
say({ kind: 'ready' })
