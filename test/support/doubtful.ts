import { sentenceReader } from '../../services/understanding/index.ts'

/** Sentences that may tell of danger, or not. Which of them the model doubts changes when it is trained again. */
const CANDIDATES = [
  'sa femme le tape',
  'ma petite a de la fievre',
  'je ne sais plus quoi faire toute seule la nuit avec mes pensées',
  'mon proprio veut me mettre dehors',
  'il est fâché quand je rentre tard du travail',
  'ma voisine pleure souvent le soir',
  'des fois mon mari crie beaucoup à la maison',
  'je me sens toute seule ici depuis des mois',
  'mon patron garde mes affaires dans son bureau',
  'j’ai mal au ventre depuis ce matin et je tremble',
]

/** So many sentences that the model holds for danger without being sure. */
export function doubtful(count: number): string[] {
  const read = sentenceReader()
  const found = CANDIDATES.filter((text) => {
    const { danger, surelyDanger } = read(text)
    return danger && !surelyDanger
  })
  if (found.length < count) throw new Error(`only ${found.length} of ${CANDIDATES.length} sentences are in doubt`)
  return found.slice(0, count)
}
