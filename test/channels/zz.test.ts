import { startChannelServer } from '../support/channelServer.ts'
describe('smoke', function () {
  this.timeout(30000)
  it('works', async () => {
    const s = await startChannelServer()
    let r = await fetch(s.url + '/api/chat/tokens', { method: 'POST' })
    console.log(r.status, r.headers, await r.clone().text())
    const { token } = (await r.json()) as { token: string }
    const h = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    r = await fetch(s.url + '/v3/directline/conversations', { method: 'POST', headers: h, body: '{}' })
    const c = (await r.json()) as { conversationId: string }
    console.log(r.status, c)
    r = await fetch(s.url + `/v3/directline/conversations/${c.conversationId}/activities`, { method: 'POST', headers: h, body: JSON.stringify({type:'message',text:'allo', channelData:{clientActivityID:'abc'}}) })
    console.log(r.status, await r.text())
    r = await fetch(s.url + `/v3/directline/conversations/${c.conversationId}/activities`, { headers: h })
    console.log(r.status, JSON.stringify(await r.json(), null, 1))
    await s.stop()
  })
})
