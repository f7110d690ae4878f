import { conversation, type ConversationScript } from '../support/conversation.ts'

const refused = (title: string) =>
  conversation(title, { lang: 'fr', now: '2026-11-25' })
    .says('Français')
    .says('Non merci')
    .hears(/pas de dossier/)

const english = (title: string) =>
  conversation(title, { lang: 'en', now: '2026-11-25' }).says('English').says('No thank you')

/** Questions, answered from the content alone. */
export const questionConversations: readonly ConversationScript[] = [
  refused('une question est répondue avec sa source et la date de vérification')
    .says('Combien coûte l’évaluation comparative ?')
    .hears(/Combien coûte l’évaluation comparative/, /Source\s: /, /Vérifié le/)
    .isOffered('Ouvrir un dossier', 'Parler à une personne'),

  refused('une question mal écrite est comprise')
    .says('combien coute levaluation comparativ des etudes')
    .hears(/évaluation comparative/, /Source/),

  english('a question in the language it was asked in')
    .says('Est-ce que les cours de français sont gratuits ?')
    .hears(/source à confirmer/)
    .says('are french courses free')
    .hears(/source to be confirmed/),

  refused('une question sans réponse est dite sans réponse, et une personne offerte')
    .says('zorglub bulgroz flibustier quantique')
    .hears(/préfère ne pas deviner/)
    .isOffered('Parler à une personne'),

  english('when it is not sure, the nearest questions are offered, and each can be pressed')
    .says('something about my landlord and money please')
    .hears(/not sure what you are asking/)
    .isOffered('Talk to a person'),

  refused('un sujet sans question précise : ce que je peux en faire, et une personne')
    .says('je cherche un emploi comme soudeur, j’ai dix ans de métier')
    .hears(/Vous parlez du travail/)
    .isOffered('Parler à une personne')
    .says('Mon arrivée')
    .hears(/Vous parlez de votre arrivée/),

  refused('qui demande une personne sans les mots des règles est compris')
    .says('j’aimerais discuter de mon dossier de vive voix avec quelqu’un de chez vous')
    .hears(/Je demande une personne de l’équipe/),

  english('who wants no more messages, in other words')
    .says('please take me off your list, I do not want your texts any more')
    .hears(/won’t write to you/),

  conversation('a question in the middle of a dialog is answered, and the dialog goes on', {
    lang: 'en',
    now: '2026-11-25',
  })
    .says('English')
    .says('Yes, I agree')
    .says('Ada')
    .hears(/Where are you/)
    .says('How much does the comparative evaluation cost?')
    .hears(/Source: /, /Where are you at the moment/)
    .says('abroad')
    .hears(/When do you arrive/),
]
