import { expect } from 'chai'
import { Temporal } from 'temporal-polyfill'
import { ruleReader, type Readings } from '../../services/understanding/index.ts'

const read = ruleReader()
const now = Temporal.Instant.from('2026-11-25T15:00:00Z')

function each(title: string, answer: Readings['answer'], texts: readonly string[]): void {
  describe(title, () => {
    for (const text of texts) it(text, () => expect(read(text, { now }).answer).to.equal(answer))
  })
}

each('a yes, typed in haste', 'yes', ['jaccepte', 'oui jaccepte', 'daccord', 'oui jsuis daccord'])
each('a yes with a “no problem” beside it', 'yes', [
  'yep no problem',
  'no problem, you can keep my file',
  'ouais pas de souci',
  'Ça ne me dérange pas du tout, gardez-le',
])
// Who minds nothing has not agreed to anything yet: quebec.md, section 6.
each('not to mind leans to yes, and is no consent', 'likely', [
  'no problem',
  'No problem at all',
  'no problem for me',
  'I don’t mind',
  'pas de problème',
  'ça me dérange pas',
  'je refuse pas',
  'je ne refuse pas',
])
each('what is neither', null, [
  'je refuse pas votre dossier',
  'non pas de problème',
  'No I don’t mind',
  'no problem but not my name',
])
each('a no', 'no', ['jaccepte pas', 'jsuis pas daccord', 'je refuse', 'no problem, I refuse'])
