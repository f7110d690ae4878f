/** The people of the stand-in desk: invented, and chosen to show each state that a card can have. */
import type { AgentView, ConversationCard, MessageView } from '../../api/types.ts'
import type { StandInConversation } from './deskStandIn.ts'

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()

/** Who works here; the first is who signs in. */
export function agents(): AgentView[] {
  const staff = (
    id: string,
    name: string,
    role: AgentView['role'],
    languages: string[],
    region: string | null,
    present: boolean,
  ): AgentView => ({ id, name, role, languages, region, active: true, present })
  return [
    staff('a-1', 'Geneviève Tremblay', 'administrator', ['fr', 'en'], '01', true),
    staff('a-2', 'Karim Benali', 'agent', ['fr', 'ar', 'en'], '06', true),
    staff('a-3', 'Marie-Ève Côté-Lafrenière', 'supervisor', ['fr'], null, false),
    { ...staff('a-4', 'Paul Gagnon', 'agent', ['fr'], '05', false), active: false },
  ]
}

function card(id: string, part: Partial<ConversationCard>): ConversationCard {
  return {
    id,
    channel: 'directline',
    language: 'fr',
    mode: 'waiting',
    preferredName: null,
    region: null,
    heldBy: null,
    handoff: null,
    unread: 0,
    lastMessageAt: minutesAgo(2),
    waitsFor: 'agent',
    ...part,
  }
}

function handoff(
  reason: 'asked' | 'danger' | 'misunderstood' | 'failure',
  priority: 0 | 1 | 2,
  minutes: number,
  lastWords: string,
  known: Record<string, unknown> = {},
): NonNullable<ConversationCard['handoff']> {
  return {
    id: `h-${lastWords.length}-${minutes}`,
    reason,
    priority,
    state: 'waiting',
    requestedAt: minutesAgo(minutes),
    summary: {
      lastWords,
      known,
      openStep: reason === 'danger' ? null : 'onboarding:arrival',
      situation: reason === 'danger' ? 'violence' : null,
    },
  }
}

function log(id: string, lines: [MessageView['author'], string, Partial<MessageView>?][]): MessageView[] {
  return lines.map(([author, text, part], i) => ({
    id: `m-${id}-${i + 1}`,
    seq: i + 1,
    author,
    text,
    status: 'done',
    at: minutesAgo((lines.length - i) * 2),
    ...part,
  }))
}

/** Fresh conversations, by id. */
export function conversations(): Map<string, StandInConversation> {
  const amina = card('c-amina', {
    preferredName: 'Amina',
    region: '01',
    handoff: handoff('danger', 0, 3, 'mon mari a pris mon passeport et il crie, sinon pour l’école ?'),
    unread: 1,
  })
  const diego = card('c-diego', {
    preferredName: 'Diego',
    language: 'es',
    handoff: handoff('asked', 2, 47, 'Quiero hablar con una persona, por favor.', {
      whereNow: 'abroad',
      arrival: '2027-03-09',
    }),
  })
  const nameless = card('c-nameless', {
    language: 'en',
    handoff: handoff('misunderstood', 2, 12, 'I dont know what is a CSQ, they ask me a paper'),
  })
  const lin = card('c-lin', {
    preferredName: 'Lin Wei',
    mode: 'human',
    region: '01',
    heldBy: { id: 'a-1', name: 'Geneviève Tremblay' },
    handoff: { ...handoff('asked', 2, 90, 'je veut parler avec une personne SVP'), state: 'taken' },
    unread: 2,
  })
  const olena = card('c-olena', {
    preferredName: 'Olena',
    language: 'uk',
    mode: 'human',
    heldBy: { id: 'a-1', name: 'Geneviève Tremblay' },
    waitsFor: 'newcomer',
    lastMessageAt: minutesAgo(60 * 26),
  })
  const long = Array.from({ length: 40 }, (_, i): [MessageView['author'], string] =>
    i % 2 === 0 ? ['bot', `Question ${i / 2 + 1} ?`] : ['newcomer', `réponse ${(i + 1) / 2}`],
  )
  const answered = (name: string, value: unknown, author: 'newcomer' | 'agent' | 'bot' = 'newcomer') => ({
    name,
    value,
    author,
    dialog: 'onboarding',
    at: minutesAgo(80),
  })
  const entries: [ConversationCard, Omit<StandInConversation, 'card' | 'closed'>][] = [
    [
      amina,
      {
        file: {
          newcomerId: 'n-1',
          answers: [answered('preferredName', 'Amina'), answered('whereNow', 'quebec')],
          consents: [{ purpose: 'file', given: true, at: minutesAgo(30) }],
        },
        notes: [],
        messages: log('c-amina', [
          ['bot', 'Dans quelle ville habitez-vous ?'],
          ['newcomer', 'mon mari a pris mon passeport et il crie, sinon pour l’école ?'],
          [
            'system',
            'En danger maintenant : 911.\nSOS violence conjugale, jour et nuit, gratuit et confidentiel : 1 800 363-9010.',
            { urgent: true },
          ],
        ]),
      },
    ],
    [
      diego,
      {
        file: null,
        notes: [],
        messages: log('c-diego', [
          ['newcomer', 'Hola'],
          ['bot', '¡Bienvenido!'],
          ['newcomer', 'Quiero hablar con una persona, por favor.'],
        ]),
      },
    ],
    [
      nameless,
      {
        file: null,
        notes: [],
        messages: log('c-nameless', [['newcomer', 'I dont know what is a CSQ, they ask me a paper']]),
      },
    ],
    [
      lin,
      {
        file: {
          newcomerId: 'n-2',
          answers: [
            answered('language', 'fr'),
            answered('preferredName', 'Lin Wei'),
            answered('whereNow', 'abroad'),
            answered('arrival', '2027-03', 'agent'),
          ],
          consents: [
            { purpose: 'file', given: true, at: minutesAgo(95) },
            { purpose: 'sms', given: false, at: minutesAgo(94) },
          ],
        },
        notes: [
          {
            id: 'n-0',
            agentName: 'Karim Benali',
            text: 'Sa sœur habite déjà à Rimouski, elle peut l’accueillir la première semaine.',
            at: minutesAgo(70),
          },
        ],
        messages: log('c-lin', [
          ...long,
          ['newcomer', 'je veut parler avec une personne SVP'],
          ['bot', 'Votre demande est partie. Une personne vous lit bientôt, ici.'],
          [
            'agent',
            'Bonjour Lin Wei, je suis Geneviève. Je lis votre dossier.',
            { agentId: 'a-1', agentName: 'Geneviève Tremblay' },
          ],
          [
            'newcomer',
            'Merci. Est-ce que mon contrat est correct ?',
            {
              files: [
                {
                  id: 'f-1',
                  name: 'contrat.pdf',
                  contentType: 'application/pdf',
                  size: 231_000,
                  url: '/api/v1/files/f-1',
                },
              ],
            },
          ],
          ['newcomer', 'voir https://www.quebec.ca/immigration <b>ici</b>'],
        ]),
      },
    ],
    [
      olena,
      {
        file: null,
        notes: [],
        messages: log('c-olena', [
          ['newcomer', 'Дякую'],
          [
            'agent',
            'Au plaisir. Écrivez-moi quand vous avez la date.',
            { agentId: 'a-1', agentName: 'Geneviève Tremblay' },
          ],
        ]),
      },
    ],
  ]
  return new Map(entries.map(([one, rest]) => [one.id, { card: one, closed: false, ...rest }]))
}
