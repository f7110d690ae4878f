import { z } from 'zod'
import { dayText } from './sourced.ts'

const text = z.string().min(1)
const inOneLanguage = z
  .strictObject({ question: text, alsoAsked: z.array(text).readonly(), answer: text.max(600) })
  .readonly()

const answer = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    topic: text,
    fr: inOneLanguage,
    en: inOneLanguage,
    /** Who says so and when it was written; the numbers are those of quebec.md's list of sources. */
    source: text,
    checkedOn: dayText,
    toConfirm: z.boolean(),
    /** The month or day that the fact is of, when it may have changed since. */
    asOf: z.string().nullable().optional(),
    link: z
      .url({ protocol: /^https$/ })
      .nullable()
      .optional(),
  })
  .readonly()

/** `content/answers.json`: what is answered to questions, each with its source and the day it was checked. */
export const answerFile = z
  .strictObject({
    answers: z
      .array(answer)
      .nonempty()
      .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'two answers have one id')
      .readonly(),
  })
  .readonly()

/** An answer that the content has. */
export type AnswerContent = z.infer<typeof answerFile>['answers'][number]
