import { featuresOf, placeOf } from './features.ts'

/** What a model says of a message: a probability for each of its classes, together 1. */
export interface Scores {
  [label: string]: number
}

/**
 * A linear model over the features of messages: for each place that a feature may have, how rare it is
 * and what it says for each class. Small enough to be kept with the code, and explainable: `why`.
 */
export interface Model {
  readonly labels: readonly string[]
  /** Places are `2 ** bits`. */
  readonly bits: number
  /** By place: how much rarer than the commonest, 0 for what was never seen. */
  readonly rarity: Float32Array
  /** By place, then by label. */
  readonly weights: Float32Array
  readonly bias: Float32Array
}

/** The places and values of a message, of length 1 together; in it only what the model has seen. */
export function vectorOf(text: string, { bits, rarity }: Pick<Model, 'bits' | 'rarity'>): [number, number][] {
  const places = new Set([...featuresOf(text)].map((feature) => placeOf(feature, bits)))
  const vector: [number, number][] = []
  let squares = 0
  for (const place of places) {
    const value = rarity[place] ?? 0
    if (value === 0) continue
    vector.push([place, value])
    squares += value * value
  }
  const length = Math.sqrt(squares) || 1
  return vector.map(([place, value]) => [place, value / length])
}

/** How likely each class is for the message. */
export function classify(text: string, model: Model): Scores {
  const { labels, weights, bias } = model
  const sums = Float64Array.from(bias)
  for (const [place, value] of vectorOf(text, model))
    for (let k = 0; k < labels.length; k += 1)
      sums[k] = (sums[k] ?? 0) + value * (weights[place * labels.length + k] ?? 0)
  const most = Math.max(...sums)
  const odds = sums.map((sum) => Math.exp(sum - most))
  const all = odds.reduce((sum, one) => sum + one, 0)
  return Object.fromEntries(labels.map((label, k) => [label, (odds[k] ?? 0) / all]))
}
