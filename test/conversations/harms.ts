import { conversation, type ConversationScript } from '../support/conversation.ts'
import { doubtful } from '../support/doubtful.ts'

const [inDoubt = '', again = ''] = doubtful(2)

const OPEN = '2026-11-24T15:00:00Z'

const french = (title: string) => conversation(title, { lang: 'fr', now: OPEN }).says('Français').says('Oui, j’accepte')
const english = (title: string) => conversation(title, { lang: 'en', now: OPEN }).says('English').says('Yes, I agree')

/** In English, all skipped up to whether one may be reached; then an address is given. */
const reachable = (title: string) =>
  english(title)
    .skips(8)
    .says('Yes')
    .says('+1 514 555 0123')
    .says('ada@example.org')
    .hears(/Is it safe/)

/** What went wrong once, or was seen to: an answer taken for what it was not, a danger that was an answer. */
export const harmConversations: readonly ConversationScript[] = [
  reachable('whether it is safe to write is never guessed from a yes with a but')
    .says('yes but my husband checks it')
    .hears(/If somebody else reads or answers, say no/)
    .filed({ safe: undefined })
    .says('ok')
    .hears(/Safe: yes or no/)
    .says('no')
    .filed({ safe: false }),

  english('a correction after yes is heard, not confirmed away')
    .says('Ada')
    .says('In Québec')
    .skips(7)
    .hears(/right\?/)
    .says('yes but my name is Nadia')
    .hears(/Nadia/)
    .hearsNot(/your file is ready/),

  french('un danger qui n’est pas sûr n’est jamais pris pour un nom, ni la deuxième fois')
    .says(inDoubt)
    .hears(/911/, /prénom|nom/)
    .says(again)
    .hears(/plus haut/)
    .hearsNot(/Merci, /)
    .filed({ preferredName: undefined }),

  english('to a screen that somebody watches nothing more is written about it')
    .says('my husband hits me')
    .says('he is next to me')
    .hears(/won’t write anything more/)
    .hearsNot(/911/)
    .says('ok')
    .hears(/^Noted\.$/)
    .hearsNot(/numbers/),

  english('the one who watches may be away')
    .says('my husband hits me')
    .says('yes he is at work')
    .hears(/in your own time/),

  french('une violence dite avec des mots d’espagnol dedans est répondue en français, et n’est pas un suicide')
    .says('mon pere va me tuer si il sait')
    .hears(/SOS violence conjugale/)
    .hearsNot(/suicide|Estos números/i),

  english('a legal time limit is urgent for a person, and no advice is given')
    .says('my claim was refused, how do I appeal?')
    .hears(/asking for someone/, /cannot give advice/, /be called/),

  conversation('a language that is not spoken is told so, in that language and the others', { lang: 'fr', now: OPEN })
    .says('español por favor')
    .hears(/Todavía no hablo español/, /français et anglais/, /quelle langue/),

  english('a language that one speaks is not the one to go on in')
    .says('Ada')
    .says('In Québec')
    .skips(4)
    .hears(/languages do you speak/)
    .says('French')
    .hearsNot(/continuons en français/)
    .filed({ spoken: 'fr' })
    .hears(/first/i),

  conversation('a question at the consent is not a miss, and is kept when nothing answers it', {
    lang: 'en',
    now: OPEN,
  })
    .says('English')
    .says('who will read what I write here')
    .hearsNot(/clear yes or no/)
    .hears(/keep your answers/),

  conversation('how one feels is no question', { lang: 'en', now: OPEN })
    .says('English')
    .says('No thank you')
    .says('I am tired')
    .hearsNot(/tires|noted for the team/)
    .hears(/answer questions/),

  english('what was said last is what whoever comes sees first')
    .says('my husband hits me')
    .says('I took too many pills, I want to die')
    .waiting(/too many pills/),

  conversation('what was said before a refusal goes to nobody', { lang: 'fr', now: OPEN })
    .says('Bonjour je m’appelle Awa, j’arrive à Rimouski en mars')
    .says('Non merci')
    .says('je veux parler à une personne')
    .waiting(/^(?!.*Awa).*personne/),

  english('a social insurance number is refused, masked, and the question goes on')
    .says('my SIN is 046 454 286')
    .hears(/Never write a SIN/, /be called|name/)
    .says('a person please')
    .says('they call me Mo')
    .filed({ preferredName: 'Mo' }),

  english('a name is taken from how one asks to be called')
    .says('You can call me Ana')
    .hears(/Thank you, Ana/),
]
