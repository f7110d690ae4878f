import { conversation, type ConversationScript } from '../support/conversation.ts'

/** A Tuesday, 10:00 in Montréal: the offices are open. */
const OPEN = '2026-11-24T15:00:00Z'
/** The same Tuesday, 19:10. */
const EVENING = '2026-11-25T00:10:00Z'
/** 24 December 2026, a Thursday that is a holiday: the next opening is Tuesday the 29th. */
const HOLIDAYS = '2026-12-24T15:00:00Z'

const french = (title: string, now: string) =>
  conversation(title, { lang: 'fr', now })
    .says('Français')
    .says('oui, j’accepte')
    .hears(/appelle/)
const english = (title: string, now: string) =>
  conversation(title, { lang: 'en', now })
    .says('English')
    .says('yes, I agree')
    .hears(/be called/)

/** What can be said at any moment, whatever was asked: a person please, danger, STOP, another language. */
export const personConversations: readonly ConversationScript[] = [
  french('une personne demandée pendant les heures d’ouverture', OPEN)
    .says('je veux parler à une personne')
    .hears(
      /Je demande une personne/,
      /prochaine personne de la file|rang \d/,
      /aujourd’hui jusqu’à 12 h, heure de Montréal/,
    )
    .hears(/Je reviens à ma question/, /appelle/)
    .says('Amina')
    .hears(/Merci, Amina/),

  french('une personne demandée le soir', EVENING)
    .says('une personne svp')
    .hears(/ouvrent le mercredi 25 novembre 2026, à 8 h 30, heure de Montréal/)
    .says('une personne svp')
    .hears(/déjà demandée/),

  english('a person asked for on Christmas Eve', HOLIDAYS)
    .says('can I talk to a human')
    .hears(/open on Tuesday, December 29, 2026, at 8:30 a\.m\., Montréal time/),

  french('un danger dit en passant', OPEN)
    .says('mon mari a pris mon passeport et il crie, sinon pour l’école ?')
    .hears(/^Police, pompiers, ambulance\s: 911/m, /1 800 363-9010/, /en urgence/, /sans risque/)
    .isOffered('Oui', 'Non', 'Quitter vite')
    .says('Non')
    .hears(/n’écris plus rien ici sur ce sujet/)
    .says('et pour l’école de mon fils')
    .hears(/^C’est noté\.$/)
    .hearsNot(/appelle/)
    .says('continuer')
    .hears(/appelle/)
    .says('Amina')
    .hears(/Merci, Amina/),

  english('an employer who keeps a passport', OPEN)
    .says('my boss keeps my passport')
    .hears(/911/, /1 833 900-1010/, /Nobody has the right/)
    .says('yes')
    .hears(/in your own time/),

  english('a child in danger, and where', OPEN)
    .says('my child is being beaten')
    .hears(/911/, /Which city/)
    .says('we are in Rimouski')
    .hears(/1 800 463-9009/, /without risk/),

  french('un mot qui ressemble au danger sans en être', OPEN).says('je suis mort de rire').hearsNot(/911/),

  french('une langue changée en chemin', OPEN)
    .says('English please')
    .hears(/continue in English/, /be called/)
    .says('Amina')
    .hears(/Thank you, Amina/)
    .filed({ preferredName: 'Amina' }),

  french('STOP, puis la suite si la personne écrit', OPEN)
    .says('STOP')
    .hears(/je ne vous écrirai plus de moi-même/)
    .says('Amina')
    .hears(/Merci, Amina/),
]
