import { mkdirSync, writeFileSync } from 'node:fs'
import { digestOfExamples, readExamples, type Sentence } from '../services/understanding/sentence/examples.ts'
import { sentenceIntents } from '../services/understanding/sentence/intents.ts'
import { packModel } from '../services/understanding/sentence/modelFile.ts'
import { combine, MODEL_FILE } from '../services/understanding/sentence/reader.ts'
import { train } from '../services/understanding/sentence/training.ts'
import { classify, type Model } from '../services/understanding/sentence/classifier.ts'
import { readPhrases } from '../services/understanding/phrases.ts'

/** Parts that the sentences are cut into: each is read by a model that has not seen it. */
const FOLDS = 5
/** Of dangers that the model has not seen, how many it has to see by itself; the rules see others. More would alarm too often. */
const RECALL = 0.91

/**
 * `npm run understand:train`: makes the model of sentences from `content/training` and writes it to
 * `content/models`. Before, it reads each fifth of the sentences with a model of the other four: what it
 * prints is about sentences that were not learnt from, though their writers were. The threshold of danger
 * is chosen there.
 */
function main(): void {
  const all = readExamples()
  console.log(`${all.length} sentences: ${countBy(all, ({ file }) => file)}`)
  const unseen = all.map((one, i) => ({ ...one, fold: i % FOLDS }))
  const read: { sentence: Sentence; danger: number; model: Model }[] = []
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const model = train(
      unseen.filter((one) => one.fold !== fold),
      sentenceIntents,
    )
    for (const sentence of unseen.filter((one) => one.fold === fold))
      read.push({ sentence, danger: classify(sentence.text, model)['danger'] ?? 0, model })
  }
  const dangerFrom = thresholdFor(
    read.filter(({ sentence }) => sentence.label === 'danger').map(({ danger }) => danger),
  )
  const phrases = [...readPhrases().values()]
  const readers = new Map(read.map(({ model }) => [model, combine(model, dangerFrom, phrases)]))
  const judged = read.map(({ sentence, model }) => ({ ...sentence, ...readers.get(model)!(sentence.text) }))
  for (const file of [...new Set(all.map((one) => one.file)), undefined]) {
    const rows = judged.filter((one) => file === undefined || one.file === file)
    const harmless = rows.filter(({ label }) => label !== 'danger')
    const dangers = rows.filter(({ label }) => label === 'danger')
    console.log(
      `${(file ?? 'all').padEnd(8)} right ${percent(rows.filter(({ label, intent }) => label === intent).length, rows.length)}` +
        `  danger seen ${percent(dangers.filter(({ danger }) => danger).length, dangers.length)}` +
        `  false alarms ${percent(harmless.filter(({ danger }) => danger).length, harmless.length)}`,
    )
  }
  const bytes = packModel(train(all, sentenceIntents), { trainedOn: digestOfExamples(), dangerFrom })
  mkdirSync(new URL('.', MODEL_FILE), { recursive: true })
  writeFileSync(MODEL_FILE, bytes)
  console.log(`danger from ${dangerFrom}; ${(bytes.length / 1024 / 1024).toFixed(2)} MB written`)
}

/** The highest probability, to two digits, that all but the rarest dangers reach. */
function thresholdFor(dangers: readonly number[]): number {
  const sorted = dangers.toSorted((a, b) => a - b)
  return Math.max(0.01, Math.floor((sorted[Math.floor(sorted.length * (1 - RECALL))] ?? 0) * 100) / 100)
}

const percent = (part: number, whole: number): string => `${((100 * part) / (whole || 1)).toFixed(1)} %`

function countBy<T>(all: readonly T[], of: (one: T) => string): string {
  const counts = Object.groupBy(all, of)
  return Object.entries(counts)
    .map(([name, some]) => `${name} ${some?.length}`)
    .join(', ')
}

main()
