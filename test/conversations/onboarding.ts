import { conversation, type ConversationScript } from '../support/conversation.ts'

const inFrench = (title: string) =>
  conversation(title, { lang: 'fr', now: '2026-11-25' })
    .hears(/un programme, pas une personne/, /quelle langue/)
    .isOffered('Français', 'English')

const inEnglish = (title: string) =>
  conversation(title, { lang: 'en', now: '2026-11-25' }).hears(/a program, not a person/, /Which language/)

const agreedInFrench = (title: string) =>
  inFrench(title)
    .says('Français')
    .hears(/ouvr|dossier/)
    .isOffered('Oui, j’accepte', 'Non merci', 'Pourquoi ?')
    .says('Oui, j’accepte')

const agreedInEnglish = (title: string) =>
  inEnglish(title)
    .says('English')
    .hears(/in a file/)
    .says('Yes, I agree')

/** Onboarding as people live it, in both languages. */
export const onboardingConversations: readonly ConversationScript[] = [
  agreedInFrench('une personne qui répond à tout par les boutons et des mots simples')
    .filed({ consent: true, language: 'fr' })
    .hears(/appelle/)
    .says('Amina')
    .hears(/Merci, Amina\./, /Où êtes-vous/)
    .isOffered('À l’étranger', 'Au Québec', 'Ailleurs au Canada', 'Passer')
    .filed({ preferredName: 'Amina' })
    .says('À l’étranger')
    .hears(/Quand arrivez-vous/)
    .says('le 12 mars')
    .hears(/Nom\s: Amina/, /Arrivée\s: vendredi 12 mars 2027/, /exact/)
    .filed({ whereNow: 'abroad', arrival: '2027-03-12' })
    .says('C’est exact')
    .hears(/votre dossier est prêt/, /promettre/)
    .says('et maintenant ?')
    .isOffered('Changer une réponse', 'Parler à une personne'),

  agreedInEnglish('a family arriving, in English')
    .hears(/be called/)
    .says('My name is Oleksandr')
    .hears(/Thank you, Oleksandr/)
    .says("I'm still in my country")
    .hears(/When do you arrive/)
    .says('in March')
    .hears(/Name: Oleksandr/, /Arrival: March 2027/)
    .filed({ arrival: '2027-03' })
    .says('yes')
    .hears(/your file is ready/),

  inFrench('une personne qui refuse le dossier')
    .says('Français')
    .says('non merci')
    .hears(/je n’ouvre pas de dossier/)
    .filed({ consent: undefined, language: undefined, preferredName: undefined })
    .says('je cherche un logement')
    .hears(/pas ouvert de dossier/)
    .isOffered('Ouvrir un dossier')
    .says('Ouvrir un dossier')
    .hears(/garder vos réponses/)
    .says('oui')
    .hears(/appelle/)
    .filed({ consent: true }),

  inEnglish('an unclear yes is no consent')
    .says('English')
    .says('ok')
    .hears(/I would like to be sure/)
    .filed({ consent: undefined })
    .says('I guess so')
    .hears(/yes or no/)
    .filed({ consent: undefined })
    .says('Why?')
    .hears(/don’t repeat everything/)
    .says('yes, I agree')
    .hears(/be called/)
    .filed({ consent: true }),

  agreedInFrench('une personne qui revient en arrière')
    .says('Amine')
    .hears(/Où êtes-vous/)
    .says('retour')
    .hears(/question d’avant/, /appelle/)
    .says('Amina')
    .hears(/je corrige\s: Amina, pas Amine/, /Où êtes-vous/)
    .filed({ preferredName: 'Amina' })
    .says('au Québec')
    .hears(/Voici ce que j’ai compris/)
    .hearsNot(/Arrivée/),

  agreedInEnglish('somebody who changes an answer on the way')
    .says('Sofia')
    .says('In Québec')
    .hears(/Where you are: In Québec/)
    .says('Change: Where you are')
    .hears(/Where are you at the moment/)
    .says('abroad')
    .hears(/When do you arrive/)
    .says("I don't know yet")
    .hears(/Arrival: I don’t know yet/)
    .filed({ arrival: 'unknown' })
    .says('change my name')
    .hears(/be called/)
    .says('Sofía')
    .hears(/Name: Sofía/)
    .says('That’s right')
    .hears(/your file is ready/),

  agreedInFrench('deux réponses dans un message')
    .says("Je m'appelle Amina et j'arrive en mars")
    .hears(/C’est noté\s: Amina et mars 2027\./, /Où êtes-vous/)
    .says('encore dans mon pays')
    .hears(/Nom\s: Amina/, /Arrivée\s: mars 2027/)
    .hearsNot(/Quand arrivez-vous/)
    .filed({ preferredName: 'Amina', arrival: '2027-03' }),

  inFrench('une première phrase qui dit déjà tout, avant l’accord')
    .says('je veut venir avec ma famille en mars a Rimouski')
    .hears(/mars 2027/, /dossier/)
    .filed({ arrival: undefined })
    .says("oui j'accepte")
    .hears(/appelle/)
    .says('Passer')
    .hears(/on passe/)
    .says('a l etranger')
    .hears(/Arrivée\s: mars 2027/)
    .filed({ arrival: '2027-03', preferredName: null }),

  agreedInFrench('le 3/4')
    .says('Li Wei')
    .says('1')
    .hears(/Quand arrivez-vous/)
    .says('le 3/4')
    .hears(/samedi 3 avril 2027 ou jeudi 4 mars 2027/)
    .isOffered('samedi 3 avril 2027', 'jeudi 4 mars 2027', 'Autre réponse')
    .filed({ arrival: undefined })
    .says('en avril')
    .hears(/Arrivée\s: samedi 3 avril 2027/)
    .filed({ arrival: '2027-04-03' }),

  inFrench('un doute dès la première phrase')
    .says('bonjour, je viens le 3/4 avec ma famille')
    .hears(/samedi 3 avril 2027 ou jeudi 4 mars 2027/)
    .says('jeudi 4 mars 2027')
    .hears(/C’est noté\s: jeudi 4 mars 2027\./, /dossier/)
    .says('oui')
    .says('Amina')
    .says('à l’étranger')
    .hears(/Arrivée\s: jeudi 4 mars 2027/)
    .filed({ arrival: '2027-03-04' }),

  agreedInEnglish('a doubt answered by a button')
    .says('Li Wei')
    .says('abroad')
    .says('3/4')
    .hears(/Saturday, April 3, 2027 or Thursday, March 4, 2027/)
    .says('Another answer')
    .hears(/neither/, /When do you arrive/)
    .says('4/3')
    .says('Thursday, March 4, 2027')
    .hears(/Arrival: Thursday, March 4, 2027/)
    .filed({ arrival: '2027-03-04' }),

  agreedInFrench('trois fois mal compris, puis une personne est offerte')
    .says('Rosa')
    .says('asdf')
    .hears(/déjà au Canada/)
    .says('qsdf qsdf')
    .hears(/Touchez l’endroit/)
    .says('blabla')
    .hears(/Une personne de l’équipe/)
    .isOffered('Parler à une personne', 'Passer')
    .says('toujours pas')
    .hears(/de côté/, /Voici ce que j’ai compris/)
    .filed({ preferredName: 'Rosa', whereNow: null }),

  agreedInFrench('une correction à la relecture : avril, pas mars')
    .says('Amina')
    .says('pas encore arrivée')
    .says('mars')
    .hears(/Arrivée\s: mars 2027/)
    .says('avril, pas mars')
    .hears(/je corrige\s: avril 2027, pas mars 2027/, /Arrivée\s: avril 2027/)
    .hearsNot(/Quand arrivez-vous/)
    .filed({ arrival: '2027-04' })
    .says('non')
    .hears(/Quelle réponse/)
    .isOffered('Nom', 'Arrivée', 'Ne rien changer')
    .says('Ne rien changer')
    .says('oui')
    .hears(/votre dossier est prêt/),

  agreedInEnglish('somebody who comes back after days')
    .says('Ana')
    .waits({ hours: 90 })
    .says('hello')
    .hears(/Welcome back/, /Where are you at the moment/)
    .waits({ hours: 90 })
    .says('in Québec')
    .hears(/Welcome back/, /Where you are: In Québec/),

  agreedInFrench('les questions ont changé entre deux messages')
    .says('Amina')
    .hears(/Où êtes-vous/)
    .isUpgraded()
    .says('au Québec')
    .hears(/Ces questions ont changé/, /Nom\s: Amina/, /Où vous êtes\s: Au Québec/),

  agreedInEnglish('later, then again')
    .says('Kwame')
    .says('later')
    .hears(/we stop here/, /kept/)
    .says('continue')
    .hears(/Where are you/)
    .hearsNot(/be called/),

  agreedInFrench('un jour passé, puis trop loin')
    .says('Amina')
    .says('à l’étranger')
    .says('le 3 mars 2020')
    .hears(/déjà passé/)
    .says('en mars 2040')
    .hears(/seulement le mois/)
    .says('pourquoi ?')
    .hears(/date même approximative/)
    .says('dans deux semaines')
    .hears(/mercredi 9 décembre 2026/),
]
