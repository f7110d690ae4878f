import { expect } from 'chai'
import { noteAgent, readState } from '../../bots/state.ts'

describe('the state that the bot keeps', () => {
  const dialogs = { dialogStack: [{ id: 'onboarding', state: { asked: 'preferredName' } }] }

  it('reads one that an older version kept, without the fields that came since', () => {
    const first = { version: 1, dialogs, onboarded: true, asked: 'language', quiet: true, trouble: 'help' }
    expect(readState(first)).to.deep.equal({
      ...first,
      missed: 0,
      paused: false,
      perhapsDanger: null,
      danger: null,
      offered: [],
      watched: false,
      dangerLanguage: null,
      epoch: null,
    })
    expect(readState({ version: 1, dialogs }).dialogs).to.deep.equal(dialogs)
  })

  it('is fresh where none was kept, or one that it cannot read', () => {
    for (const kept of [null, 'nonsense', { version: 99, dialogs }])
      expect(readState(kept).dialogs.dialogStack).to.deep.equal([])
  })

  it('does not take an agent for having been there because the epoch was not kept', () => {
    const state = readState({ version: 1, dialogs })
    expect(noteAgent(state, { epoch: 4, handoff: undefined })).to.equal(false)
    expect(noteAgent(state, { epoch: 4, handoff: undefined })).to.equal(false)
    expect(noteAgent(state, { epoch: 5, handoff: undefined })).to.equal(true)
  })

  it('lets danger hold the questions back only while somebody is to come', () => {
    const state = readState({ version: 1, dialogs, paused: true, asked: 'safe', epoch: 1 })
    noteAgent(state, { epoch: 1, handoff: { id: 'open' } })
    expect(state).to.include({ paused: true, asked: 'safe' })
    noteAgent(state, { epoch: 1, handoff: undefined })
    expect(state).to.include({ paused: false, asked: null })
  })
})
