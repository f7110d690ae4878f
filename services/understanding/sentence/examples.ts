import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { sentenceIntents, type SentenceIntent } from './intents.ts'

/** A sentence written to learn from, and what it is about. */
export interface Sentence {
  text: string
  label: SentenceIntent
  /** The file it stands in, without its ending: `fr-a`, `uk`. */
  file: string
}

const FOLDER = new URL('../../../content/training/', import.meta.url)

/** All sentences of `content/training`. Throws on a line that is not `sentence<TAB>intent`, naming it. */
export function readExamples(folder = FOLDER): Sentence[] {
  return filesIn(folder).flatMap((name) =>
    readFileSync(new URL(name, folder), 'utf8')
      .split('\n')
      .flatMap((line, i) => {
        if (line.trim() === '') return []
        const [text = '', label = '', more] = line.split('\t')
        if (text.trim() === '' || more !== undefined || !isIntent(label.trim()))
          throw new Error(`content/training/${name}:${i + 1}: expected a sentence, a tab and an intent`)
        return [{ text, label: label.trim() as SentenceIntent, file: name.replace(/\.tsv$/, '') }]
      }),
  )
}

/** A digest of everything a model is made from. */
export function digestOfExamples(folder = FOLDER): string {
  const hash = createHash('sha256')
  for (const name of filesIn(folder)) hash.update(name).update(readFileSync(new URL(name, folder)))
  return hash.digest('hex')
}

const filesIn = (folder: URL): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.tsv'))
    .sort()

const isIntent = (label: string): label is SentenceIntent => (sentenceIntents as readonly string[]).includes(label)
