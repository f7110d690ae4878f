import { conversation, type ConversationScript } from '../support/conversation.ts'

/** A Tuesday, 10:00 in Montréal: the offices are open. */
const OPEN = '2026-11-24T15:00:00Z'

const french = (title: string) => conversation(title, { lang: 'fr', now: OPEN }).says('Français')

/** What an agent's coming and going leaves of the bot's own questions. */
export const agentConversations: readonly ConversationScript[] = [
  french('une réponse à l’agent n’est pas prise pour celle du dossier')
    .says('oui, j’accepte')
    .hears(/appelle/)
    .says('une personne svp')
    .agent('takes', { says: 'Dans quel quartier cherchez-vous ?' }, 'closes')
    .says('Villeray')
    .hears(/à la question où nous étions/, /appelle/)
    .hearsNot(/Merci, Villeray/)
    .filed({ preferredName: undefined })
    .says('Amina')
    .hears(/Merci, Amina/)
    .filed({ preferredName: 'Amina' }),

  french('une interruption passe avant la question reprise')
    .says('oui, j’accepte')
    .says('une personne svp')
    .agent('takes', 'closes')
    .says('English please')
    .hears(/continue in English/, /be called/)
    .says('Amina')
    .hears(/Thank you, Amina/),

  french('après la remise, la question posée est bien celle qui reçoit la réponse')
    .says('oui, j’accepte')
    .says('une personne svp')
    .agent('takes', 'handsBack')
    .hears(/Camille Roy a quitté/, /appelle/)
    .says('Amina')
    .hears(/Merci, Amina/)
    .filed({ preferredName: 'Amina' }),

  french('la question du danger ne survit pas à l’agent, et le consentement n’est pas perdu')
    .hears(/dossier/)
    .says('mon mari me frappe')
    .hears(/sans risque/)
    .agent('takes', 'handsBack')
    .hears(/dossier/)
    .says('Oui, j’accepte')
    .hearsNot(/à votre rythme/)
    .hears(/appelle/)
    .filed({ consent: true }),

  french('un consentement n’est pas une réponse à « sans risque ? »')
    .says('mon mari me frappe')
    .says('Oui, j’accepte')
    .hearsNot(/à votre rythme/)
    .hears(/gardé pour la personne/),

  french('rien n’est dit gardé quand personne ne doit plus venir')
    .says('oui, j’accepte')
    .says('mon mari me frappe')
    .says('et pour l’école')
    .hears(/gardé pour la personne/)
    .agent('takes', { says: 'Je vous ai trouvé une place.' }, 'closes')
    .says('merci à vous')
    .hearsNot(/gardé pour la personne/)
    .hears(/appelle/),
]
