import { BotAdapter, TurnContext } from 'botbuilder-core'
import { DialogContext, DialogSet, DialogTurnStatus, type DialogState } from 'botbuilder-dialogs'
import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import { TURN, type SavedAnswer, type TurnPort } from '../../dialogs/kit/context.ts'
import { name } from '../../dialogs/kit/fields/name.ts'
import { render } from '../../dialogs/kit/render.ts'
import { act, ask, dialog, run, tell } from '../../dialogs/kit/script.ts'
import { ScriptDialog } from '../../dialogs/kit/scriptDialog.ts'
import { onboarding } from '../../dialogs/onboarding.ts'
import { ruleReader } from '../../services/understanding/index.ts'

/** An adapter for contexts that send nothing: what is said goes through the port. */
class Silent extends BotAdapter {
  override sendActivities = async () => []
  override updateActivity = async () => undefined
  override deleteActivity = async () => undefined
  override continueConversation = async () => undefined
}

const read = ruleReader()
const now = Temporal.Instant.from('2026-11-25T15:00:00Z')

/** A turn over plain JSON state, as `bots/` runs one. */
function conversationOver(dialogs: DialogSet) {
  let state: DialogState = { dialogStack: [] }
  let lang = 'fr'
  const said: string[] = []
  const saved: SavedAnswer[] = []
  const done: string[] = []
  const port: TurnPort = {
    get lang() {
      return lang
    },
    now,
    file: new Map(),
    services: {
      newcomers: {
        giveConsent: (purpose) => void done.push(`consent ${purpose}`),
        withdrawConsent: (purpose) => void done.push(`no consent ${purpose}`),
        confirm: () => void done.push('confirmed'),
      },
      conversation: {
        setLanguage: (wanted) => {
          lang = wanted
        },
      },
    },
    say: (say) => void said.push(render(say, lang).text),
    save: (answer) => void saved.push(answer),
    offerPerson: ({ step }) => void done.push(`person for ${step}`),
    readings: () => Promise.resolve(read(heard, { now })),
  }
  let heard = ''
  async function turn<T>(text: string, does: (dc: DialogContext) => Promise<T>): Promise<T> {
    const context = new TurnContext(new Silent(), { type: 'message', text, channelId: 'test' })
    context.turnState.set(TURN, port)
    said.length = 0
    heard = text
    const dc = new DialogContext(dialogs, context, JSON.parse(JSON.stringify(state)) as DialogState)
    const result = await does(dc)
    state = { dialogStack: dc.stack }
    return result
  }
  return { turn, said, saved, done, stack: () => state.dialogStack.map(({ id }) => id) }
}

describe('a script as a botbuilder dialog', () => {
  it('begins, continues over JSON, does before it says, and ends with its outcome', async () => {
    const talk = conversationOver(new DialogSet().add(new ScriptDialog(onboarding)))
    await talk.turn('', (dc) => dc.beginDialog('onboarding'))
    await talk.turn('English', (dc) => dc.continueDialog())
    expect(talk.said.join()).to.match(/May I keep your answers/)
    await talk.turn('Yes, I agree', (dc) => dc.continueDialog())
    expect(talk.done).to.deep.equal(['consent file'])
    expect(talk.saved.map(({ name: answer, dialog: of }) => `${of}.${answer}`)).to.deep.equal([
      'onboarding.language',
      'onboarding.consent',
    ])
    await talk.turn('Ana', (dc) => dc.continueDialog())
    await talk.turn('in Québec', (dc) => dc.continueDialog())
    for (let i = 0; i < 7; i += 1) await talk.turn('Skip', (dc) => dc.continueDialog())
    const result = await talk.turn('yes', (dc) => dc.continueDialog())
    expect(result).to.include({ status: DialogTurnStatus.complete, result: 'finished' })
    expect(talk.done).to.deep.equal(['consent file', 'confirmed'])
    expect(talk.stack()).to.deep.equal([])
  })

  it('takes up again when the framework reprompts, over the kept state', async () => {
    const talk = conversationOver(new DialogSet().add(new ScriptDialog(onboarding)))
    await talk.turn('', (dc) => dc.beginDialog('onboarding'))
    await talk.turn('', (dc) => dc.repromptDialog())
    expect(talk.said[0]).to.match(/Je reviens à ma question/)
    expect(talk.said[1]).to.match(/quelle langue/)
  })

  it('begins where it is told', async () => {
    const talk = conversationOver(new DialogSet().add(new ScriptDialog(onboarding)))
    await talk.turn('', (dc) => dc.beginDialog('onboarding', { from: 'consent' }))
    expect(talk.said).to.have.length(1)
    expect(talk.said[0]).to.match(/Puis-je garder/)
  })

  it('runs a child on the framework’s stack and resumes its parent', async () => {
    const child = dialog('onboarding', [ask('preferredName', name({ max: 80 }))], { version: 1 })
    const parent = dialog(
      'parent',
      [run('onboarding'), act('after', ({ newcomers }, answers) => newcomers.confirm(answers))],
      { version: 1 },
    )
    const talk = conversationOver(new DialogSet().add(new ScriptDialog(parent)).add(new ScriptDialog(child)))
    await talk.turn('', (dc) => dc.beginDialog('parent'))
    expect(talk.stack()).to.deep.equal(['parent', 'onboarding'])
    const result = await talk.turn('Amina', (dc) => dc.continueDialog())
    expect(result.status).to.equal(DialogTurnStatus.complete)
    expect(talk.done).to.deep.equal(['confirmed'])
    expect(talk.stack()).to.deep.equal([])
  })

  it('says what is missing when no turn is on the context', async () => {
    const dialogs = new DialogSet().add(new ScriptDialog(dialog('d', [tell('a')], { version: 1 })))
    const dc = new DialogContext(dialogs, new TurnContext(new Silent(), { type: 'message' }), { dialogStack: [] })
    const error = await dc.beginDialog('d').catch((reason: unknown) => reason)
    expect(String(error)).to.include('no turn on the context')
  })
})
