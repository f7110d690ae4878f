/** What an injected product computes; stands in no payload, so that where it is found something was evaluated. */
export const EVALUATED = String(1337 * 7331)
const SUM = '1337*7331'

const SQL = [
  "'",
  "''; drop table agents; --",
  "' or '1'='1",
  "x' union select null, null, version() --",
  `'||(select ${SUM})||'`,
  "'; select pg_sleep(3); --",
  "1; update agents set role = 'administrator'; --",
  "\\'; delete from messages; --",
  '$$; drop table messages; $$',
  "$1', $2) on conflict do nothing; --",
  '"; drop schema public cascade; --',
  `1 and 1=cast((select ${SUM}) as int)`,
  "%' or name like '%",
  "E'\\047 or 1=1 --",
]
const LOGS = [
  'a\n{"level":50,"msg":"forged"}',
  'a\r\n{"level":50,"msg":"forged"}\r\n',
  '\u001b[2J\u001b[31mforged\u001b[0m',
  'a\u2028{"msg":"forged"}\u2029',
  'a\u0085b\u000bc\u000cd',
  '","msg":"forged","x":"',
  '%s %d %j %o %n %x',
  '${jndi:ldap://localhost/a}',
]
const TEMPLATES = [
  `{{${SUM}}}`,
  `\${${SUM}}`,
  `#{${SUM}}`,
  `<%= ${SUM} %>`,
  `{{constructor.constructor("return ${SUM}")()}}`,
  `{%25 print ${SUM} %25}`,
  `\`\${${SUM}}\``,
  `$(expr 1337 \\* 7331)`,
  `; expr 1337 \\* 7331 #`,
  '{{name}} {{agent}} {{count}}',
]
/** Cells that a spreadsheet would compute. */
const CELLS = [
  `=${SUM}`,
  `+${SUM}`,
  `-${SUM}`,
  `@SUM(${SUM})`,
  `\t=${SUM}`,
  `\r=${SUM}`,
  `=cmd|'/c calc'!A1`,
  `"=${SUM}"`,
]

/** Texts that something would run if it took them for more than text. */
export const INJECTIONS: readonly string[] = [...SQL, ...LOGS, ...TEMPLATES, ...CELLS]

/** A value with one of its texts, at each place in turn, poisoned: alone and after what stands there. */
export function injectedInto(value: unknown, text: string): unknown[] {
  if (typeof value === 'string') return [text, `${value}${text}`]
  if (typeof value !== 'object' || value === null) return [text]
  return Object.entries(value).flatMap(([name, there]) =>
    injectedInto(there, text).map((wrong) =>
      Array.isArray(value)
        ? value.map((one: unknown, i) => (String(i) === name ? wrong : one))
        : { ...value, [name]: wrong },
    ),
  )
}
