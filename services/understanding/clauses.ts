import { wordsOf } from './normalise.ts'

/** Signs between which something is said of somebody or something: no "not" reaches over them. */
const ENDS = /[,;:.!?()\n]+/u

/** The words of each part of a message between signs of punctuation. */
export const clausesOf = (text: string): string[][] =>
  text.split(ENDS).map((part) =>
    wordsOf(part)
      .trim()
      .split(' ')
      .filter((word) => word !== ''),
  )
