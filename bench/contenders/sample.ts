import {
  ActivityHandler,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  ConversationState,
  MemoryStorage,
  type TurnContext,
} from 'botbuilder'
import { DialogSet, DialogTurnStatus, TextPrompt, WaterfallDialog, type WaterfallStepContext } from 'botbuilder-dialogs'
import restify from 'restify'

/**
 * The sample: botbuilder's own way, as its documentation shows it. CloudAdapter, state in memory and
 * saved each turn, a waterfall of five prompts, behind restify; each reply is posted to the service
 * URL, as every channel gets it. `node bench/contenders/sample.ts PORT`
 */
const conversationState = new ConversationState(new MemoryStorage())
const dialogState = conversationState.createProperty('dialogs')
const ask = (question: string) => (step: WaterfallStepContext) => step.prompt('text', question)
const dialogs = new DialogSet(dialogState).add(new TextPrompt('text')).add(
  new WaterfallDialog('onboarding', [
    ask('Which language do you speak?'),
    ask('What should we call you?'),
    ask('Where are you now?'),
    ask('When do you arrive?'),
    ask('What do you need first?'),
    async (step) => {
      await step.context.sendActivity('Thank you.')
      return step.endDialog()
    },
  ]),
)

class SampleBot extends ActivityHandler {
  constructor() {
    super()
    this.onMessage(async (context, next) => {
      const dialog = await dialogs.createContext(context)
      const { status } = await dialog.continueDialog()
      if (status === DialogTurnStatus.empty) await dialog.beginDialog('onboarding')
      await next()
    })
  }
  override async run(context: TurnContext): Promise<void> {
    await super.run(context)
    await conversationState.saveChanges(context, false)
  }
}

const [port = '0'] = process.argv.slice(2)
const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}))
const bot = new SampleBot()
const server = restify.createServer()
server.use(restify.plugins.bodyParser())
const messages = async (request: restify.Request, response: restify.Response): Promise<void> =>
  adapter.process(request as Parameters<CloudAdapter['process']>[0], response, (context) => bot.run(context))
server.post('/api/messages', messages)
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
