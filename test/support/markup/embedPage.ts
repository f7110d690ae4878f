import { readFileSync } from 'node:fs'
import { openSite, type LoopbackSite } from '../loopbackSite.ts'
import { webChatPolicy } from '../officialClientBrowser.ts'

const webChat = readFileSync(new URL('../../fixtures/webchat/botframework-webchat-minimal.js', import.meta.url))

const PAGE =
  '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Host</title></head><body><div id="chat"></div><script src="/webchat.js"></script><script src="/page.js"></script></body></html>'

const SCRIPT = `
const { domain, token, conversationId } = Object.fromEntries(new URLSearchParams(location.search))
const store = window.WebChat.createStore()
window.chat = { store }
const directLine = window.WebChat.createDirectLine({ domain, token, conversationId, watermark: '0' })
window.WebChat.renderWebChat({ directLine, store, locale: 'fr-CA' }, document.getElementById('chat'))
`

/** Another site that embeds the official Web Chat and opens with it a conversation of our server. */
export const openEmbeddingSite = (server: string): Promise<LoopbackSite> =>
  openSite((path) => {
    const headers = { 'content-security-policy': webChatPolicy(`${server} ${server.replace(/^http/, 'ws')}`) }
    if (path === '/') return { type: 'text/html; charset=utf-8', body: PAGE, headers }
    if (path === '/webchat.js') return { type: 'text/javascript', body: webChat }
    return path === '/page.js' ? { type: 'text/javascript', body: SCRIPT } : undefined
  })
