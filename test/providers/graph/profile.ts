import { Refusal } from './errors.ts'
import { fieldsAt, listAt, oneOf, onlyKeys, refuse, textAt, urlAt, type Fields } from './shapes.ts'

/** The messenger profile of a Page: what Messenger shows before and beside the talk, and its limits. */

const FIELDS = ['get_started', 'greeting', 'ice_breakers', 'persistent_menu', 'whitelisted_domains', 'commands']
const PAYLOAD = 1000
const GREETING = 160
const ICE_BREAKERS = 4
const QUESTION = 80
const MENU_ITEMS = 20
const MENU_TITLE = 30

/** The profile with what is posted, or a refusal. What is not named stays. */
export function changedProfile(profile: Fields, posted: Fields): Fields {
  const { access_token: _token, appsecret_proof: _proof, platform: _platform, ...changes } = posted
  onlyKeys(changes, FIELDS, 'messenger_profile')
  if (Object.keys(changes).length === 0) refuse('Requires one of the params: get_started, greeting, persistent_menu')
  if (changes['get_started'] !== undefined)
    textAt(fieldsAt(changes['get_started'], 'get_started')['payload'], 'get_started[payload]', PAYLOAD)
  if (changes['greeting'] !== undefined)
    perLocale(changes['greeting'], 'greeting').forEach((one, i) =>
      textAt(one['text'], `greeting[${i}][text]`, GREETING),
    )
  if (changes['ice_breakers'] !== undefined)
    perLocale(changes['ice_breakers'], 'ice_breakers').forEach((one, i) => readIceBreakers(one, `ice_breakers[${i}]`))
  const next = { ...profile, ...changes }
  if (changes['persistent_menu'] !== undefined) {
    if (next['get_started'] === undefined)
      refuse('You must set a Get Started button if you also wish to use persistent menu')
    perLocale(changes['persistent_menu'], 'persistent_menu').forEach((one, i) => readMenu(one, `persistent_menu[${i}]`))
  }
  return next
}

/** The profile without these fields. The menu needs "get started": it can't go alone. */
export function reducedProfile(profile: Fields, fields: unknown): Fields {
  const names = namesOf(fields)
  const next = Object.fromEntries(Object.entries(profile).filter(([name]) => !names.includes(name)))
  if (next['persistent_menu'] !== undefined && next['get_started'] === undefined)
    refuse('You must set a Get Started button if you also wish to use persistent menu')
  return next
}

/** What `GET` answers: the asked fields that are set. */
export function shownProfile(profile: Fields, fields: unknown): Fields {
  const names = namesOf(fields)
  const shown = Object.fromEntries(Object.entries(profile).filter(([name]) => names.includes(name)))
  return { data: Object.keys(shown).length === 0 ? [] : [shown] }
}

function namesOf(fields: unknown): string[] {
  const names = typeof fields === 'string' ? fields.split(',') : fields
  if (!Array.isArray(names) || names.length === 0) return refuse('The parameter fields is required')
  return names.map((name: unknown) => oneOf(name, FIELDS, 'fields'))
}

/** Lists by locale: one of them is the default, and none comes twice. */
function perLocale(value: unknown, name: string): Fields[] {
  const all = listAt(value, name, 1, 50)
  const locales = all.map(({ locale }, i) => textAt(locale, `${name}[${i}][locale]`, 10))
  if (!locales.includes('default')) refuse(`Param ${name} must have a default locale`)
  if (new Set(locales).size < locales.length) refuse(`Param ${name} has a locale twice`)
  return all
}

function readIceBreakers(value: Fields, name: string): void {
  onlyKeys(value, ['locale', 'call_to_actions'], name)
  listAt(value['call_to_actions'], `${name}[call_to_actions]`, 1, ICE_BREAKERS).forEach((one, i) => {
    textAt(one['question'], `${name}[call_to_actions][${i}][question]`, QUESTION)
    textAt(one['payload'], `${name}[call_to_actions][${i}][payload]`, PAYLOAD)
  })
}

function readMenu(value: Fields, name: string): void {
  onlyKeys(value, ['locale', 'composer_input_disabled', 'call_to_actions', 'disabled_surfaces'], name)
  if (value['composer_input_disabled'] === true && value['call_to_actions'] === undefined) return
  listAt(value['call_to_actions'], `${name}[call_to_actions]`, 1, MENU_ITEMS).forEach((item, i) => {
    const at = `${name}[call_to_actions][${i}]`
    // Menus in menus went away in 2019.
    const type = oneOf(item['type'], ['postback', 'web_url'], `${at}[type]`)
    textAt(item['title'], `${at}[title]`, MENU_TITLE)
    if (type === 'postback') textAt(item['payload'], `${at}[payload]`, PAYLOAD)
    else urlAt(item['url'], `${at}[url]`)
  })
}

const PERSONA_NAME = 50

/** What a persona is made of. */
export function readPersona(posted: Fields): { name: string; profile_picture_url: string } {
  return {
    name: textAt(posted['name'], 'name', PERSONA_NAME),
    profile_picture_url: urlAt(posted['profile_picture_url'], 'profile_picture_url'),
  }
}

/** Meta's words for a persona that is not the Page's. */
export const noPersona = (): Refusal => new Refusal({ code: 100, message: '(#100) Invalid persona id' })
