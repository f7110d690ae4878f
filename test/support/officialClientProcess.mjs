// The unmodified botframework-directlinejs in a process of its own: it wants a browser's globals, and it
// throws where nobody catches. Started by officialClient.ts, which talks with it over IPC.
import { JSDOM } from 'jsdom'

const { window } = new JSDOM('', { url: process.argv[2] }) // the first server's origin: no preflight there
for (const name of ['XMLHttpRequest', 'FormData', 'Blob', 'File', 'WebSocket']) globalThis[name] = window[name]
// Its timer of 15 minutes, in a hurry where a test asks for it.
let hurry = 1
const plainInterval = globalThis.setInterval
globalThis.setInterval = (work, ms, ...rest) => plainInterval(work, ms >= 60_000 ? ms / hurry : ms, ...rest)

const { DirectLine, ConnectionStatus } = await import('botframework-directlinejs')
const clients = new Map()

function connect(session, { base, token, conversationId, webSocket, hurry: wanted }) {
  const say = (message) => process.connected && process.send({ session, ...message })
  hurry = wanted
  const client = new DirectLine({
    token,
    domain: `${base}/v3/directline`,
    webSocket,
    timeout: 400, // each "20 s"
    ...(conversationId === undefined ? {} : { conversationId }),
    ...(webSocket ? {} : { pollingInterval: 200 }),
  })
  client.getRetryDelay = () => 100 // instead of 3 to 15 s
  let known = token
  const watch = plainInterval(() => {
    if (client.token === known) return
    known = client.token
    say({ kind: 'token', token: known })
  }, 20)
  clients.set(session, { client, watch, say })
  client.connectionStatus$.subscribe((status) => say({ kind: 'status', status: ConnectionStatus[status] }))
  client.activity$.subscribe(
    (activity) => say({ kind: 'activity', activity }),
    (error) => say({ kind: 'error', error: String(error.message ?? error.status ?? error) }),
  )
}

function post({ client, say }, activity) {
  const mark = activity.channelData.clientActivityID
  client.postActivity(activity).subscribe(
    (id) => say({ kind: 'posted', mark, id }),
    (error) => say({ kind: 'refused', mark, status: error.status }),
  )
}

function end(session) {
  const { client, watch } = clients.get(session)
  clearInterval(watch)
  client.end()
  clients.delete(session)
}

process.on('message', ({ session, connect: options, post: activity, end: isEnd, exit }) => {
  if (exit) process.exit(0)
  if (options !== undefined) connect(session, options)
  else if (activity !== undefined) post(clients.get(session), activity)
  else if (isEnd) end(session)
})
process.on('disconnect', () => process.exit(0)) // the test process was ended
process.send?.({ kind: 'ready' })
