/**
 * French puts an unbreakable space before double punctuation and inside its quotes; translators type
 * an ordinary one, which nobody can tell apart in a file. Other languages are left as they are.
 */
export function typeset(lang: string, text: string): string {
  if (lang !== 'fr') return text
  return text.replace(/ (?=[:;?!»])/g, '\u00a0').replace(/« /g, '«\u00a0')
}
