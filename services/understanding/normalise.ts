/** What a rule may see of a message: danger said at the end of a long one is still seen. */
const LONGEST_FOR_RULES = 4000

/** Cut to `length` code units, without halving a character. */
export const bounded = (text: string, length = LONGEST_FOR_RULES): string =>
  text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')

/** What most messages in English are made of: nothing in it has an accent to lose. */
const PLAIN = /^[\0-\x7F]*$/

/**
 * Lower case without accents, character by character, so that a place in the result is the same
 * place in `text` (which is expected in NFC): "1er Août" gives "1er aout".
 */
export function flat(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase().replaceAll('`', "'")
  let result = ''
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charAt(i)
    const plain = unit.normalize('NFKD').charAt(0).toLowerCase().charAt(0)
    result += /[\u2018\u2019\u02BC\u00B4`]/.test(unit) ? "'" : plain === '' ? unit : plain
  }
  return result
}

/**
 * The words alone, one space between and around, ready for a rule: "J’ai peur !" gives " j ai peur ".
 * Letters of ligatures are spelled out (œ, æ).
 */
export const wordsOf = (text: string): string =>
  ` ${flat(text.replace(/œ/gi, 'oe').replace(/æ/gi, 'ae'))
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()} `
