import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import { fill } from '../../commands/demo/fill.ts'
import { demoLinks, demoSettings, prepareDemo } from '../../commands/demo/prepare.ts'
import { happenings, readStory } from '../../commands/demo/story.ts'
import { listAgents } from '../../services/agents/index.ts'
import { readMyPeople, readQueue } from '../../services/handoff/index.ts'
import { languages } from '../../services/locales/index.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

// A Monday, so that "business days ago" goes over a weekend.
const NOW = Temporal.Instant.from('2027-03-01T15:00:00Z')
const isWeekday = (day: Temporal.PlainDate): boolean => day.dayOfWeek <= 5

describe('the story of the demonstration', () => {
  const story = readStory()
  const all = happenings(story, NOW, isWeekday)

  it('happens in the order of time, and before now', () => {
    for (const [index, { at, person }] of all.entries()) {
      expect(Temporal.Instant.compare(at, NOW), person.key).to.be.at.most(0)
      expect(Temporal.Instant.compare(all[index - 1]?.at ?? at, at)).to.be.at.most(0)
    }
  })

  it('puts what happened some business days ago on business days', () => {
    for (const { person, at, index } of all)
      if ('businessDaysAgo' in person.start && index === 0)
        expect(isWeekday(at.toZonedDateTimeISO('America/Toronto').toPlainDate()), person.key).to.equal(true)
  })

  it('has people in each language shipped and agents who exist', () => {
    expect([...new Set(story.people.map(({ language }) => language))].sort()).to.deep.equal([...languages].sort())
    const agents = new Set(story.agents.map(({ key }) => key))
    for (const { step } of all)
      if (step !== undefined && 'agent' in step) expect(agents.has(step.agent), step.agent).to.equal(true)
  })
})

describe('the demonstration, played through the domain', function () {
  this.timeout(20_000)
  let now = NOW
  let server: TestServer
  before(async () => {
    server = await startTestServer({ clock: { now: () => now }, env: { DESK_GRACE_SECONDS: '3600' } })
    const story = readStory()
    await fill(
      server.running.platform,
      server.running.turns,
      story,
      happenings(story, NOW, isWeekday),
      (at) => void (now = at),
    )
    now = NOW
  })
  after(() => server.stop())

  it('leaves danger first in the queue, then who has waited longest', async () => {
    const queue = await readQueue(server.running.platform)
    expect(queue.map(({ preferredName, handoff }) => [preferredName, handoff?.priority])).to.deep.equal([
      ['Mariam', 0],
      ['Youssef', 2],
      [null, 2],
      ['Priya', 2],
    ])
  })

  it('leaves conversations in the hands of agents, given back, and closed', async () => {
    const { platform } = server.running
    const peopleOf = async (name: string) => {
      const agent = (await listAgents(platform)).find((one) => one.name === name)
      if (agent === undefined) throw new Error(`no agent ${name}`)
      return (await readMyPeople(platform, agent)).map(({ preferredName, mode, waitsFor }) => [
        preferredName,
        mode,
        waitsFor,
      ])
    }
    expect(await peopleOf('Camille Roy')).to.deep.equal([['Jean-Baptiste', 'human', 'agent']])
    expect(await peopleOf('Diego Herrera')).to.deep.equal([
      ['Daniel', 'human', 'newcomer'],
      ['Mei', 'bot', 'nobody'],
    ])
    expect(await peopleOf('Anh Trần')).to.deep.equal([['Linh', 'bot', 'nobody']])
  })

  it('has no turn that failed', async () => {
    const failed = await server.running.platform.database.db
      .selectFrom('messages')
      .select('id')
      .where('status', '<>', 'done')
      .execute()
    expect(failed).to.deep.equal([])
  })
})

describe('npm run demo: its folder', function () {
  this.timeout(30_000)
  const folder = mkdtempSync(join(tmpdir(), 'parcours-demo-test-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const env = demoSettings({ DATA_DIR: folder, PORT: '3978' })

  it('is filled once, whatever a killed fill left, and gives fresh links each time', async () => {
    mkdirSync(`${env.DATA_DIR}.new`)
    writeFileSync(join(`${env.DATA_DIR}.new`, 'half'), '')
    let filled = 0
    expect(await prepareDemo(env, () => void (filled += 1))).to.equal(true)
    expect(existsSync(join(env.DATA_DIR, 'half')), 'the half-filled folder is gone').to.equal(false)
    expect(await prepareDemo(env, () => void (filled += 1)), 'a second run').to.equal(false)
    expect(filled).to.equal(1)

    const first = await demoLinks(env)
    const second = await demoLinks(env)
    expect(first.map(({ role }) => role)).to.deep.equal(['supervisor', 'agent'])
    expect(second[0]?.url)
      .to.match(/^http:\/\/localhost:3978\/desk#sign-in=/)
      .and.not.equal(first[0]?.url)
  })
})
