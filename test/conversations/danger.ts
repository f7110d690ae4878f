import { conversation, type ConversationScript } from '../support/conversation.ts'
import { doubtful } from '../support/doubtful.ts'

/** A Tuesday, 10:00 in Montréal: the offices are open. */
const OPEN = '2026-11-24T15:00:00Z'

const french = (title: string) => conversation(title, { lang: 'fr', now: OPEN })
const english = (title: string) => conversation(title, { lang: 'en', now: OPEN })
const childInFrench = (title: string) =>
  french(title)
    .says('Français')
    .says('mon enfant est battu')
    .hears(/911/, /Dans quelle ville/)

/** Danger in the language of who says it, and the number of the place where a child is. */
export const dangerConversations: readonly ConversationScript[] = [
  french('danger said in English in a conversation that began in French')
    .says('I want to kill myself')
    .hears(/^Police, fire, ambulance: 911[^]*^Police, pompiers, ambulance\s: 911/m)
    .hears(/These lines answer now[^]*Ces lignes répondent maintenant/)
    .says('I am so tired')
    .hears(/kept for the person[^]*gardé pour la personne/),

  english('un danger dit en français dans une conversation en anglais')
    .says('mon mari me frappe')
    .hears(/^Police, pompiers, ambulance\s: 911[^]*^Police, fire, ambulance: 911/m, /sans risque[^]*without risk/)
    .isOffered('Oui', 'Non', 'Quitter vite')
    .says('Oui')
    .hears(/à votre rythme[^]*in your own time/),

  french('un danger dit dans la langue de la conversation ne se répète pas')
    .says('mon mari me frappe')
    .hearsNot(/Police, fire/),

  childInFrench('la langue demandée avant la ville')
    .says('English please, I do not understand')
    .hears(/continue in English/, /Which city/)
    .hearsNot(/cannot find|don’t know/)
    .says('Rimouski')
    .hears(/1 800 463-9009/, /without risk/)
    .hearsNot(/sans risque/),

  childInFrench('une personne demandée avant la ville')
    .says('Je veux parler à une personne')
    .hears(/déjà demandée/)
    .says('Rimouski')
    .hears(/1 800 463-9009/, /sans risque/),

  childInFrench('STOP avant la ville')
    .says('STOP')
    .hears(/je ne vous écrirai plus de moi-même/)
    .says('Rimouski')
    .hears(/1 800 463-9009/),

  childInFrench('une ville inconnue, puis une grande')
    .says('à Saint-Profond')
    .hears(/Je ne connais pas cet endroit/)
    .says('près de Rimouski')
    .hears(/1 800 463-9009/, /sans risque/),

  childInFrench('deux villes inconnues')
    .says('à Saint-Profond')
    .says('je ne sais pas')
    .hears(/Je ne trouve pas cette ville/, /sans risque/),

  french('la ville dite avec le danger')
    .says('Français')
    .says('mon enfant est battu, nous sommes à Rimouski')
    .hears(/911/, /1 800 463-9009/, /sans risque/)
    .hearsNot(/Dans quelle ville/),

  childInFrench('au Québec n’est pas la ville de Québec')
    .says('au Québec')
    .hears(/Je ne connais pas cet endroit/)
    .says('continuer')
    .hears(/dossier/),

  ...(
    [
      ['es', 'mi esposo me pega y me quitó el pasaporte', /Policía, bomberos, ambulancia: 911/, /Pido con urgencia/],
      ['pt', 'meu marido me bate e disse que vai me matar', /Polícia, bombeiros, ambulância: 911/, /Peço com urgência/],
      ['ar', 'زوجي بيضربني كل يوم وهددني بالقتل', /الشرطة والإطفاء والإسعاف: 911/, /بشكل عاجل/],
      ['zh-Hans', '我丈夫打我 他说要杀了我', /警察、消防、救护车: 911/, /紧急/],
      ['ht', 'mari m ap bat mwen chak jou li di l ap touye m', /Lapolis, ponpye, anbilans: 911/, /prese prese/],
      ['uk', 'чоловік б’є мене і каже що вб’є', /Поліція, пожежники, швидка допомога: 911/, /терміново/],
    ] as const
  ).map(([language, said, numbers, person]) =>
    conversation(`danger in a language that the assistant does not speak (${language})`, {
      lang: 'fr',
      now: '2026-11-25',
    })
      .says(said)
      .hears(numbers, person, /1 800 363-9010/, /Police, pompiers, ambulance\s: 911/),
  ),

  conversation('what may be danger, or not: the numbers, and the conversation goes on', {
    lang: 'fr',
    now: '2026-11-25',
  })
    .says('Français')
    .says('Non merci')
    .says(doubtful(1)[0] ?? '')
    .hears(/Si vous ou quelqu’un d’autre êtes en danger/, /988|1 866/),
]
