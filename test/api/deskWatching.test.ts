import { expect } from 'chai'
import { watching } from '../../api/desk/watching.ts'
import type { LiveFrame } from '../../api/types.ts'
import { takeConversation } from '../../services/handoff/index.ts'
import type { Platform } from '../../services/platform/platform.ts'
import { openDeskWorld, type DeskWorld } from '../support/deskWorld.ts'
import { eventually } from '../support/eventually.ts'

describe('watching a conversation', () => {
  let world: DeskWorld
  beforeEach(async () => (world = await openDeskWorld()))
  afterEach(() => world.close())

  it('tells nothing before the right to read is proven, not even that somebody types', async () => {
    const [me, other] = [await world.agent('Amélie'), await world.agent('Bruno')]
    const id = await world.waiting()
    await takeConversation(world.platform, other, id)
    const frames: LiveFrame[] = []
    let type = (_word: string): void => {}
    const bell = {
      ...world.platform.bell,
      onWhisper: (_topic: string, hear: (word: string) => void) => ((type = hear), () => {}),
    }
    const platform: Platform = { ...world.platform, bell }
    const desk = watching(
      platform,
      () => me,
      (frame) => void frames.push(frame),
      (error) => expect.fail(String(error)),
    )
    desk.watch(id)
    type('newcomer')
    await eventually('refused', () => frames.length > 0)
    expect(frames).to.deep.equal([{ type: 'gone', conversationId: id }])
    desk.stop()
  })

  it('finds by its poll what no ring told, and says it once', async () => {
    const me = await world.agent('Amélie')
    const id = await world.waiting()
    const frames: LiveFrame[] = []
    const desk = watching(
      { ...world.platform, bell: { ...world.platform.bell, on: () => () => {} } },
      () => me,
      (frame) => void frames.push(frame),
      (error) => expect.fail(String(error)),
    )
    desk.watch(id)
    await eventually('the first look', () => frames.length === 1)
    const seq = await world.says(id, 'Allô ?')
    desk.poll()
    await eventually('news', () => frames.length === 2)
    expect(frames[1]).to.deep.equal({ type: 'news', conversationId: id, seq })
    desk.poll()
    const next = await world.says(id, 'Encore')
    desk.poll()
    await eventually('the next', () => frames.some((frame) => frame.type === 'news' && frame.seq === next))
    expect(frames.filter((frame) => frame.type === 'news' && frame.seq === seq)).to.have.length(1)
    desk.stop()
  })
})
