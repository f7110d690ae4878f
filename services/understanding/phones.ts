import { findPhoneNumbersInText, type CountryCode } from 'libphonenumber-js'

/** What of a message is looked at: a number stands early, and looking takes time. */
const LONGEST = 200

/**
 * The telephone numbers that a message gives, as E.164, those of `country` (ISO alpha-2) without its code too.
 * One too short or too long is none.
 */
export function phonesIn(text: string, country?: string): string[] {
  const digits = text.slice(0, LONGEST).replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))
  const plain = digits.replace(/(^|[^\d])00(?=[1-9]\d{6,})/g, '$1+').replace(/(^|[^\d])00\s?(?=[1-9])/g, '$1+')
  const found = findPhoneNumbersInText(plain, country === undefined ? {} : { defaultCountry: country as CountryCode })
  return [...new Set(found.map(({ number }) => number.number))]
}
