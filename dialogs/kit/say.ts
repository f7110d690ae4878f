/**
 * What stands in a place of a sentence, still without a language: rendered when it is known.
 * - `day`: ISO `YYYY-MM-DD`, or a month `YYYY-MM`;
 * - `key`: another text; `byLanguage`: a text that content gives in some languages, French for the rest;
 * - `list`: joined as the language joins a list; `lines`: sentences one under the other.
 */
export type Shown =
  | string
  | number
  | { readonly day: string }
  | { readonly key: string; readonly params?: ShownParams }
  | { readonly byLanguage: Readonly<Record<string, string>> }
  | { readonly list: readonly Shown[]; readonly joined?: 'and' | 'or' }
  | { readonly lines: readonly { readonly key: string; readonly params?: ShownParams }[] }

/** The places of a sentence by name. */
export type ShownParams = Readonly<Record<string, Shown>>

/** A button: what is sent when it is pressed is its title; `value` is what the title stands for. */
export interface Choice {
  readonly value: string
  readonly label: Shown
}

/**
 * What a message asks, for a page that shows how far one is and lets an answer be tapped to change it.
 * - `name`: the question; `change`: what the person says to answer it again, when that can be;
 * - `step` and `of`: which question this is, of how many as things stand.
 */
export interface Asking {
  readonly name: string
  readonly change?: Shown
  readonly progress?: { readonly step: number; readonly of: number }
}

/** One message of the assistant, as data: nothing is written until the language is known. */
export interface Say {
  readonly key: string
  readonly params?: ShownParams
  readonly choices?: readonly Choice[]
  readonly asking?: Asking
}
