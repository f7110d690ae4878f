import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import { ruleReader } from '../../services/understanding/index.ts'

/** Written after the rules, to see what they miss; see the first set beside. Any danger read counts. */
const dangers = [
  'jai plus la force de continuer a vivre', 'j’en peux plus je veux en finir', 'je vais me jeter sous le metro', 'je voudrais m’endormir et ne plus me réveiller', 'ma coloc a essayé de se suicider hier', 'je vais disparaitre pour toujours',
  'il m a mis un couteau sous la gorge', 'mon mari contrôle mon argent et mon téléphone', 'mon mari me crie dessus et casse tout', 'il m’a poussée dans l’escalier', 'mon frère veut me marier de force', 'je me cache chez une amie car mon mari me cherche',
  'ma belle-mère m’enferme dans la chambre', 'mon copain me harcèle et me suit', 'mon boss a mon passeport', 'mon employeur refuse de me rendre mon passeport', 'je suis pas payé depuis 3 mois', 'le patron me crie dessus et dit qu’il va appeler l’immigration',
  'ils me forcent à travailler 16 heures par jour', 'on m’a violée', 'mon proprio m’a touchée', 'un homme m’a agressée dans le métro', 'mon bébé convulse', 'ma femme saigne elle est enceinte', 'mon pere a mal a la poitrine et au bras', 'mon fils s’étouffe',
  'mon beau-père frappe mon petit frère', 'la prof a frappé mon fils', 'son père secoue le bébé', 'mon fils a avalé une pile', 'elle menace de se tuer', 'jvais me foutre en l air', 'je suis battue', 'au secour aidez moi il est violent', 'il me tape', 'il m’insulte et me menace tous les jours',
  'my husband controls my money and phone', 'he pushed me down the stairs', 'he put a knife to my throat', 'my husband yells and breaks everything', 'I am hiding from my husband', 'they force me to work 16 hours', 'my boss refuses to give back my passport',
  'I have not been paid in three months', 'he said he would call immigration if I complain', 'my manager touched me', 'a man raped me', 'my baby is not breathing', 'my wife is bleeding and pregnant', 'my stepfather hits my little brother', 'her father shakes the baby',
  'i want to disappear and never wake up', 'i cant take it anymore i want to end it', 'whats the point of living', 'my roommate tried to kill himself', 'he will kill me if I leave', 'my husband says he will take the kids', 'my employer locked us in', 'he is hitting me right now please help', 'someone broke into my house with a gun',
]

const calm = [
  'je veux en finir avec les démarches', 'comment mettre fin à mon bail ?', 'mon mari prend le métro', 'je me suis coupé les cheveux', 'où est la station de police ?', 'le marché du travail est dur', 'mon passeport est avec mon mari en France', 'mon employeur a besoin de mon passeport pour le permis',
  'est-ce que l’employeur peut garder une copie de mon passeport ?', 'mes parents sont morts', 'j’ai peur pour mon entretien', 'j’ai mal à la tête', 'quel est le numéro du 911 au Québec ?', 'je suis infirmière aux urgences', 'ma fille a pris le bus', 'mon fils a mangé à la cantine', 'je travaille dans un abattoir',
  'comment payer mes impôts', 'je voudrais changer de patron', 'mon mari me rejoint en avril', 'mon ex est au Maroc', 'mes enfants me manquent', 'ma femme a peur de l’avion', 'je viens avec mon mari et mes deux enfants', 'je joue du violon', 'le feu vert pour venir', 'on m’a donné un rendez-vous', 'mon frère me suit en avril', 'je dois quitter mon pays',
  'mon mari veut travailler', 'le permis fermé m’oblige à rester avec mon employeur', 'je suis épuisé par les démarches', 'ma soeur a été acceptée à l’université', 'Je m’appelle Violette', 'je m’appelle Victoire', 'je serais mieux à Québec', 'mon mari me suit avec les enfants',
  'I want to end my lease', 'can I end my contract early?', 'my husband will follow me in May', 'I cut my hair', 'where is the police station?', 'my boss has my resume', 'my employer needs my passport number', 'my husband lost his passport', 'I lost my passport', 'my parents died', 'I have a headache', 'I am a nurse in emergency', 'I work in childcare',
  'he hits the gym', 'I took the bus', 'my son took his medicine', 'I am afraid of the interview', 'how do I pay taxes?', 'I’d kill for a coffee', 'my car died', 'the wait is killing us', 'I am not getting paid enough', 'what if I am not paid for holidays?', 'my wife is scared of flying', 'My name is Slava', 'I broke my leg last year', 'my kid broke a toy', 'she hit the jackpot', 'is the job market good for a killer cook?',
]

describe('danger, by rules, on sentences written after them', () => {
  const read = ruleReader()
  const isDanger = (text: string) => read(text, { now: Temporal.Instant.from('2026-11-25T15:00:00Z') }).danger.length > 0

  it('misses none', () => expect(dangers.filter((text) => !isDanger(text))).to.deep.equal([]))
  it('raises no alarm for nothing', () => expect(calm.filter(isDanger)).to.deep.equal([]))
})
