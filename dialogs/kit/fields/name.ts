import type { Answer, Field } from '../field.ts'

/**
 * What the person wants to be called, without the words around it ("je m'appelle Amina et j'arrive en
 * mars" is Amina). When it was not asked, only a name that is introduced counts. `max` in characters.
 */
export const name = ({ max }: { max: number }): Field => ({
  greedy: true,
  read({ introduces, names, text, answer }, { how }) {
    const said = how === 'asked' ? (introduces ?? names) : introduces
    if (said === null || (how === 'asked' && (answer !== null || text.endsWith('?')))) return null
    return [...said].length > max ? { reason: 'kit:text.tooLong' } : { value: said, certain: true }
  },
  accepts: (value): value is Answer => typeof value === 'string' && value !== '' && [...value].length <= max,
  show: (value) => String(value ?? ''),
  choices: () => [],
})
