import type { Answer, Field } from '../field.ts'

/** Any words, as they were said, spaces tidied. `max` in characters. */
export const text = ({ max }: { max: number }): Field => ({
  greedy: true,
  read({ text: said }, { how }) {
    if (how !== 'asked') return null
    const tidy = said.replace(/\s+/g, ' ').trim()
    if (!/[\p{L}\p{N}]/u.test(tidy)) return null
    return [...tidy].length > max ? { reason: 'kit:text.tooLong' } : { value: tidy, certain: true }
  },
  accepts: (value): value is Answer => typeof value === 'string' && [...value].length <= max,
  show: (value) => String(value ?? ''),
  choices: () => [],
})
