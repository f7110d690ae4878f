import { featuresOf, placeOf } from './features.ts'
import { vectorOf, type Model } from './classifier.ts'

/** A sentence and what it is. */
export interface Example {
  text: string
  label: string
  /** How much it counts; 1 when not given. */
  weight?: number
}

export interface TrainingSettings {
  bits: number
  epochs: number
  /** The first step of a weight; later ones shrink with what it has moved (AdaGrad). */
  rate: number
  /** How strongly weights are pulled to nothing at each sentence. */
  pull: number
  /** Features seen in fewer sentences are left out. */
  seenAtLeast: number
}

export const TRAINING: TrainingSettings = { bits: 18, epochs: 12, rate: 0.5, pull: 2e-5, seenAtLeast: 1 }

/**
 * Trains a multinomial logistic regression on the rarity-weighted features of the examples. The same
 * examples give the same model.
 */
export function train(
  examples: readonly Example[],
  labels: readonly string[],
  settings: TrainingSettings = TRAINING,
): Model {
  const { bits, epochs, rate, pull } = settings
  const rarity = rarities(examples, settings)
  const weights = new Float32Array(2 ** bits * labels.length)
  const bias = new Float32Array(labels.length)
  const moved = new Float32Array(weights.length)
  const movedBias = new Float32Array(labels.length)
  const rows = examples.map(({ text, label, weight = 1 }) => ({
    vector: vectorOf(text, { bits, rarity }),
    label: labels.indexOf(label),
    weight,
  }))
  const random = drawer(20_261_125)
  const sums = new Float64Array(labels.length)
  for (let epoch = 0; epoch < epochs; epoch += 1)
    for (const { vector, label, weight } of shuffled(rows, random)) {
      sums.set(bias)
      for (const [place, value] of vector)
        for (let k = 0; k < sums.length; k += 1) sums[k]! += value * weights[place * sums.length + k]!
      toProbabilities(sums)
      for (let k = 0; k < sums.length; k += 1) {
        const error = weight * (sums[k]! - (k === label ? 1 : 0))
        movedBias[k]! += error * error
        bias[k]! -= (rate * error) / Math.sqrt(movedBias[k]! + 1e-8)
        for (const [place, value] of vector) {
          const at = place * sums.length + k
          const step = error * value + pull * weights[at]!
          moved[at]! += step * step
          weights[at]! -= (rate * step) / Math.sqrt(moved[at]! + 1e-8)
        }
      }
    }
  return { labels, bits, rarity, weights, bias }
}

function rarities(examples: readonly Example[], { bits, seenAtLeast }: TrainingSettings): Float32Array {
  const seen = new Float32Array(2 ** bits)
  for (const { text } of examples)
    for (const place of new Set([...featuresOf(text)].map((feature) => placeOf(feature, bits)))) seen[place]! += 1
  return seen.map((count) => (count < seenAtLeast ? 0 : 1 + Math.log(examples.length / count)))
}

function toProbabilities(sums: Float64Array): void {
  const most = Math.max(...sums)
  let all = 0
  for (let k = 0; k < sums.length; k += 1) all += sums[k] = Math.exp(sums[k]! - most)
  for (let k = 0; k < sums.length; k += 1) sums[k]! /= all
}

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function drawer(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function shuffled<T>(rows: readonly T[], random: () => number): T[] {
  const mixed = [...rows]
  for (let i = mixed.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1))
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return mixed
}
