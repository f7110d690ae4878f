import { expect } from 'chai'
import { graphSuite, verdict } from './suite.ts'

describe('what a Page may read and set at the stand-in', () => {
  const world = graphSuite({ pages: [{ id: '1001', name: 'Parcours' }, { id: '1002' }] })

  it('its conversation with somebody: newest first, in seconds, without metadata', async () => {
    const person = world.graph.person('2001', { firstName: 'Amina', lastName: 'Diallo' })
    await person.says('Bonjour')
    const { json } = await world.send('2001', { text: 'Bienvenue', metadata: 'out_1' })
    const answer = await world.call(
      'GET',
      '/1001/conversations?platform=messenger&user_id=2001&fields=messages{id,message,created_time,from}',
    )
    const [thread] = answer.json['data'] as { messages: { data: Record<string, unknown>[] } }[]
    expect(thread?.messages.data[0]).to.deep.equal({
      id: json['message_id'],
      created_time: '2026-11-24T15:00:00+0000',
      message: 'Bienvenue',
      from: { name: 'Parcours', email: '1001@facebook.com', id: '1001' },
    })
    expect(thread?.messages.data[1]?.['from']).to.include({ name: 'Amina Diallo', id: '2001' })
    const nobody = await world.call('GET', '/me/conversations?platform=messenger&user_id=9&fields=messages{id}')
    expect(nobody.json['data']).to.deep.equal([])
    expect(verdict(await world.call('GET', '/me/conversations?fields=messages{id'))).to.equal('2500')
    expect(verdict(await world.call('GET', '/me/conversations?fields=messages{metadata}'))).to.equal('100')
  })

  it('a name, or one of the errors that mean that there is none', async () => {
    world.graph.person('2001', { firstName: 'Amina', lastName: 'Diallo' })
    world.graph.person('2002', { profile: 'none' })
    world.graph.person('2003', { profile: 'withheld' })
    world.graph.person('2004', { page: '1002' })
    expect((await world.call('GET', '/2001?fields=first_name,last_name')).json).to.deep.equal({
      id: '2001',
      first_name: 'Amina',
      last_name: 'Diallo',
    })
    const verdicts = await Promise.all(
      ['2002', '2003', '2004', '2005'].map(async (psid) =>
        verdict(await world.call('GET', `/${psid}?fields=first_name`)),
      ),
    )
    expect(verdicts).to.deep.equal(['100/2018218', '100/2018247', '100/33', '100/33'])
  })

  it('nothing of another Page', async () => {
    world.graph.person('2004', { page: '1002' })
    await world.graph.person('2004', { page: '1002' }).says('a')
    expect(verdict(await world.send('2004', { text: 'a' }))).to.equal('100/2018001')
    expect(verdict(await world.call('GET', '/1002/conversations'))).to.equal('200')
  })

  it('two looks at conversations a second, where rates are kept', async () => {
    const { startGraph } = await import('./index.ts')
    const strict = await startGraph({ now: () => world.now, enforcesRates: true })
    const look = async (): Promise<number> =>
      (await fetch(`${strict.url}/v26.0/me/conversations?access_token=${strict.token}`)).status
    expect([await look(), await look(), await look()]).to.deep.equal([200, 200, 400])
    expect(strict.record.requests.at(-1)?.error).to.equal('613')
    world.now += 1_000
    expect(await look()).to.equal(200)
    await strict.close()
  })

  it('what it asks to be told', async () => {
    expect(
      (await world.call('POST', '/me/subscribed_apps?subscribed_fields=messages,message_echoes')).json,
    ).to.deep.equal({ success: true })
    const shown = await world.call('GET', '/me/subscribed_apps')
    expect(shown.json['data']).to.have.deep.nested.property('[0].subscribed_fields', ['messages', 'message_echoes'])
    expect(verdict(await world.call('POST', '/me/subscribed_apps?subscribed_fields=poems'))).to.equal('100')
    await world.call('DELETE', '/me/subscribed_apps')
    expect((await world.call('GET', '/me/subscribed_apps')).json['data']).to.deep.equal([])
  })

  it('personas, and writes under their names', async () => {
    await world.graph.person('2001').says('a')
    const made = await world.call('POST', '/1001/personas', {
      name: 'Hélène',
      profile_picture_url: 'https://a.example/h.png',
    })
    const id = String(made.json['id'])
    expect(verdict(await world.send('2001', { text: 'a' }, { persona_id: id }))).to.equal('ok')
    expect(world.graph.record.messages[0]).to.include({ personaId: id })
    expect(verdict(await world.call('POST', '/me/personas', { name: 'H'.repeat(51) }))).to.equal('100')
    await world.call('DELETE', `/${id}`)
    expect(verdict(await world.send('2001', { text: 'a' }, { persona_id: id }))).to.equal('100')
  })

  describe('its messenger profile', () => {
    const started = { get_started: { payload: 'GET_STARTED' } }
    const locale = (more: object): object => ({ locale: 'default', ...more })
    const items = (count: number, title = 'Aide'): object[] =>
      Array.from({ length: count }, () => ({ type: 'postback', title, payload: 'HELP' }))
    const menu = (actions: object[]): object => ({
      ...started,
      persistent_menu: [locale({ composer_input_disabled: false, call_to_actions: actions })],
    })
    const iceBreakers = (count: number): object => ({
      ice_breakers: [
        locale({ call_to_actions: Array.from({ length: count }, () => ({ question: 'Où ?', payload: 'W' })) }),
      ],
    })

    const PROFILES: [string, object, string][] = [
      ['a button to start', started, 'ok'],
      ['a greeting of 160', { greeting: [locale({ text: 'é'.repeat(160) })] }, 'ok'],
      ['a greeting of 161', { greeting: [locale({ text: 'é'.repeat(161) })] }, '100'],
      ['a greeting without a default', { greeting: [{ locale: 'fr_CA', text: 'a' }] }, '100'],
      ['four ice breakers', iceBreakers(4), 'ok'],
      ['five ice breakers', iceBreakers(5), '105'],
      ['a menu of 20', menu(items(20)), 'ok'],
      ['a menu of 21', menu(items(21)), '105'],
      ['a title of 31', menu(items(1, 'é'.repeat(31))), '100'],
      ['a menu in a menu', menu([{ type: 'nested', title: 'a', call_to_actions: items(1) }]), '100'],
      ['a menu without a start', { persistent_menu: [locale({ call_to_actions: items(1) })] }, '100'],
      ['a field that is none', { poem: 'a' }, '100'],
    ]

    for (const [what, body, expected] of PROFILES)
      it(`${what}: ${expected}`, async () => {
        const answer = await world.call('POST', '/me/messenger_profile', body)
        expect(verdict(answer), answer.text).to.equal(expected)
        expect(world.graph.profile()).to.deep.equal(expected === 'ok' ? body : {})
      })

    it('is shown and taken away by fields', async () => {
      await world.call('POST', '/me/messenger_profile', { ...menu(items(1)), ...iceBreakers(1) })
      const shown = await world.call('GET', '/me/messenger_profile?fields=get_started,greeting')
      expect(shown.json).to.deep.equal({ data: [started] })
      expect(verdict(await world.call('DELETE', '/me/messenger_profile', { fields: ['get_started'] }))).to.equal('100')
      const gone = await world.call('DELETE', '/me/messenger_profile?fields=get_started,persistent_menu')
      expect(gone.json).to.deep.equal({ result: 'success' })
      expect(Object.keys(world.graph.profile())).to.deep.equal(['ice_breakers'])
    })
  })
})
