import { expect } from 'chai'
import { rememberRefused } from '../../bots/refused.ts'
import { notFound, tooMany } from '../../services/platform/errors.ts'
import { testClock } from '../support/clock.ts'

describe('a conversation that was told to write less', () => {
  const setUp = () => {
    const clock = testClock('2026-03-02T15:00:00Z')
    const unlessRefused = rememberRefused(clock)
    const asked: string[] = []
    const write = async (id: string, answer: () => string = () => 'taken'): Promise<unknown> =>
      unlessRefused(id, async () => {
        asked.push(id)
        return answer()
      }).catch((error: { code: string; params: { seconds?: number } }) => [error.code, error.params.seconds])
    const flood = () => {
      throw tooMany(5)
    }
    return { clock, asked, write, flood }
  }

  it('is refused without asking again until the time is over, and told how long', async () => {
    const { clock, asked, write, flood } = setUp()
    expect(await write('a', flood)).to.deep.equal(['tooMany', 5])
    clock.advance({ seconds: 2 })
    expect(await write('a')).to.deep.equal(['tooMany', 3])
    expect(asked).to.deep.equal(['a'])
    clock.advance({ seconds: 3 })
    expect(await write('a')).to.equal('taken')
  })

  it('does not hold up anybody else, and no other refusal is remembered', async () => {
    const { asked, write, flood } = setUp()
    await write('a', flood)
    expect(await write('b')).to.equal('taken')
    await write('c', () => {
      throw notFound()
    })
    expect(await write('c')).to.equal('taken')
    expect(asked).to.deep.equal(['a', 'b', 'c', 'c'])
  })
})
