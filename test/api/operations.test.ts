import { expect } from 'chai'
import { openDirectLineUser } from '../support/directLineUser.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { freePort } from '../support/serverProcess.ts'

describe('for who operates it, the server', () => {
  let server: TestServer
  let metricsUrl = ''

  before(async () => {
    const port = await freePort()
    metricsUrl = `http://127.0.0.1:${port}`
    server = await startTestServer({ env: { METRICS_PORT: String(port) } })
  })
  after(() => server.stop())

  it('is alive and ready', async () => {
    expect(await (await fetch(`${server.url}/healthz`)).json()).to.deep.equal({ alive: true })
    const ready = await fetch(`${server.url}/readyz`)
    expect([ready.status, await ready.json()]).to.deep.equal([200, { ready: true }])
  })

  it('counts its turns on a port of its own, where nothing else answers', async () => {
    const person = await openDirectLineUser(server.url)
    await person.say('bonjour')
    const metrics = await fetch(`${metricsUrl}/metrics`)
    expect(metrics.status).to.equal(200)
    expect(await metrics.text()).to.match(/^parcours_turns_total\{outcome="done"\} [2-9]/m)
    expect((await fetch(`${metricsUrl}/`)).status).to.equal(404)
    expect((await fetch(`${server.url}/metrics`)).status, 'not on the public port').to.equal(404)
    expect((await fetch(`${server.url}/healthz`)).status, 'and it goes on').to.equal(200)
  })

  it('describes every route that it has, and no other', async () => {
    const document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as {
      openapi: string
      paths: Record<string, Record<string, { summary: string; responses: object }>>
    }
    expect(document.openapi).to.equal('3.1.0')
    expect(Object.keys(document.paths)).to.include.members([
      '/',
      '/desk',
      '/api/v1/queue',
      '/v3/directline/conversations/{id}/activities',
    ])
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, { summary }] of Object.entries(methods))
        expect(summary, `${method} ${path}`).to.match(/\w{3}/)
  })

  it('answers a path or a method that it does not have in its own words', async () => {
    const absent = await fetch(`${server.url}/nowhere`, { headers: { 'accept-language': 'en' } })
    expect([absent.status, await absent.json()]).to.deep.equal([
      404,
      { error: { code: 'notFound', message: 'This does not exist or is not yours.' } },
    ])
    const wrong = await fetch(`${server.url}/healthz`, { method: 'DELETE' })
    expect(wrong.status).to.equal(405)
    expect(((await wrong.json()) as { error: { code: string } }).error.code).to.equal('methodNotAllowed')
  })
})
