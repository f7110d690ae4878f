import { parseSync } from 'vite'

/** What code may not contain and no lint rule can say. Each rule answers the lines that break it. */
export interface CodeRule {
  name: string
  /** Which files, from the root of the repository. */
  applies(file: string): boolean
  /** Whether a node breaks it; `parent` is the one that holds it. */
  breaks(node: Node, parent: Node | undefined): boolean
}

/** A node of the syntax tree (ESTree with types), as far as the rules look. */
export interface Node {
  type: string
  start: number
  [field: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

/** Calls `visit` with a node and all below it, each with the node that holds it. */
function walk(node: Node, visit: (node: Node, parent: Node | undefined) => void, parent?: Node): void {
  visit(node, parent)
  for (const field in node) {
    const value = node[field]
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) {
      if (isNode(value)) walk(value, visit, node)
    } else for (const one of value as unknown[]) if (isNode(one)) walk(one, visit, node)
  }
}

/** The nodes below one that are meant. */
function find(top: Node, isMeant: (node: Node) => boolean): Node[] {
  const found: Node[] = []
  walk(top, (node) => void (isMeant(node) && found.push(node)))
  return found
}

const nameOf = (node: unknown): string | undefined =>
  isNode(node) ? ((node['name'] ?? node['value']) as string) : undefined

/** `object.property`, whichever way it is written; undefined for what is no such thing. */
function member(node: unknown): { object: string | undefined; property: string | undefined } | undefined {
  if (!isNode(node) || node.type !== 'MemberExpression') return undefined
  return { object: nameOf(node['object']), property: nameOf(node['property']) }
}

const SQL =
  /^\s*(?:select\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|with\s+\S+\s+as\s|create\s|alter\s|drop\s|truncate\s|notify\s|listen\s|lock\s|copy\s)/i
/** A piece that is no statement and goes into one. */
const SQL_PIECE = /\s(?:where|order by|group by|returning|values|from)\s/i
/** A name that is written once, at the top of a file, in capitals: a constant of ours. */
const CONSTANT = /^[A-Z][A-Z0-9_]*$/

/** The texts that a template or a sum of strings is made of, and what is put between them. */
function textOf(node: Node): { fixed: string; filled: Node[] } | undefined {
  if (node.type === 'TemplateLiteral') {
    const quasis = node['quasis'] as { value: { cooked: string } }[]
    return { fixed: quasis.map(({ value }) => value.cooked).join('?'), filled: node['expressions'] as Node[] }
  }
  if (node.type !== 'BinaryExpression' || node['operator'] !== '+') return undefined
  const parts = [node['left'], node['right']].map((side) => {
    if (!isNode(side)) return { fixed: '', filled: [] }
    if (side.type === 'Literal') return { fixed: String(side['value']), filled: [] }
    return textOf(side) ?? { fixed: '?', filled: [side] }
  })
  return { fixed: parts.map(({ fixed }) => fixed).join(''), filled: parts.flatMap(({ filled }) => filled) }
}

const sqlRule: CodeRule = {
  name: 'SQL is not built of strings',
  // The migrations are files of ours, run as they are; a backup names the tables that it found in the catalogue, quoted.
  applies: (file) =>
    /^(services|bots|dialogs|api)\//.test(file) &&
    file !== 'services/platform/migrate.ts' &&
    !file.startsWith('services/platform/backup/'),
  breaks(node, parent) {
    const called = node.type === 'CallExpression' ? member(node['callee']) : undefined
    if (called?.object === 'sql' && ['raw', 'lit', 'id'].includes(called.property ?? '')) return true
    const text = textOf(node)
    if (text === undefined || text.filled.length === 0 || parent?.type === 'TaggedTemplateExpression') return false
    const asQuery =
      parent?.type === 'CallExpression' && /^(query|named)$/.test(member(parent['callee'])?.property ?? '')
    const asText = parent?.type === 'Property' && nameOf(parent['key']) === 'text' && SQL_PIECE.test(text.fixed)
    if (!asQuery && !asText && !SQL.test(text.fixed)) return false
    return text.filled.some((one) => !(one.type === 'Identifier' && CONSTANT.test(nameOf(one) ?? '')))
  },
}

const CALLS_OUT: Record<string, readonly string[] | 'all'> = {
  'node:http': ['request', 'get', 'Agent', 'globalAgent', 'ClientRequest', 'default', '*'],
  'node:net': ['connect', 'createConnection', 'Socket', 'default', '*'],
  'node:https': 'all',
  'node:http2': 'all',
  'node:tls': 'all',
  'node:dgram': 'all',
  undici: 'all',
  axios: 'all',
  ws: ['WebSocket', 'default', '*'],
}

const callsOutRule: CodeRule = {
  name: 'the server calls nobody',
  // The local PostgreSQL's lock is a socket of this machine.
  applies: (file) => /^(services|bots|dialogs|api)\//.test(file) && file !== 'services/platform/postgres/lock.ts',
  breaks(node) {
    if (node.type === 'ImportExpression') return (nameOf(node['source']) ?? '') in CALLS_OUT
    if (node.type !== 'ImportDeclaration' || node['importKind'] === 'type') return false
    const from = nameOf(node['source']) ?? ''
    const forbidden = CALLS_OUT[from] ?? CALLS_OUT[`node:${from}`]
    if (forbidden === undefined) return false
    const names = (node['specifiers'] as Node[])
      .filter((one) => one['importKind'] !== 'type')
      .map((one) =>
        one.type === 'ImportSpecifier'
          ? nameOf(one['imported'])
          : one.type === 'ImportDefaultSpecifier'
            ? 'default'
            : '*',
      )
    return forbidden === 'all' ? names.length > 0 : names.some((name) => forbidden.includes(name ?? ''))
  },
}

const ORDERING = /^(services\/(conversations|handoff)\/|bots\/turn\.ts$)/
const momentRule: CodeRule = {
  name: 'order and moments come from the turn',
  applies: (file) => ORDERING.test(file),
  breaks(node) {
    if (node.type === 'NewExpression')
      return nameOf(node['callee']) === 'Date' && (node['arguments'] as Node[]).length === 0
    const called = node.type === 'CallExpression' ? member(node['callee']) : undefined
    if (called === undefined) return false
    const { object, property } = called
    return (object === 'performance' && property === 'now') || (object === 'Math' && property === 'random')
  },
}

const htmlRule: CodeRule = {
  name: 'text is text',
  applies: (file) => /^(web|api|services|bots|dialogs)\//.test(file),
  breaks(node) {
    const isName = node.type === 'JSXAttribute' ? node['name'] : node.type === 'Property' ? node['key'] : undefined
    return /^(dangerouslySetInnerHTML|innerHTML|outerHTML|srcdoc|srcDoc)$/.test(nameOf(isName) ?? '')
  },
}

const endRule: CodeRule = {
  name: 'what nobody handles ends the process',
  applies: (file) => file === 'index.ts',
  breaks: (node) => node.type === 'Program' && !handlesBoth(node),
}

/** Whether both events have a listener that stops with a code of failure. */
function handlesBoth(program: Node): boolean {
  const strings = new Set(find(program, ({ type }) => type === 'Literal').map(nameOf))
  const listener = find(program, (node) => {
    const called = node.type === 'CallExpression' ? member(node['callee']) : undefined
    if (called?.object !== 'process' || called.property !== 'on') return false
    return find(node, (inner) => inner.type === 'CallExpression' && isStop(inner)).length > 0
  })
  return strings.has('unhandledRejection') && strings.has('uncaughtException') && listener.length > 0
}

function isStop(call: Node): boolean {
  const exits = nameOf(call['callee']) === 'stop' || member(call['callee'])?.property === 'exit'
  const [code] = call['arguments'] as Node[]
  return exits && isNode(code) && code.type === 'Literal' && code['value'] === 1
}

/** The rules. A violation of each is planted in `test/checks/staticGates.test.ts`. */
export const CODE_RULES: readonly CodeRule[] = [sqlRule, callsOutRule, momentRule, htmlRule, endRule]

/** `file:line: rule` for each break of a rule in a file's text. */
export function brokenRules(file: string, text: string): string[] {
  const rules = CODE_RULES.filter(({ applies }) => applies(file))
  if (rules.length === 0) return []
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} cannot be read`)
  const broken: string[] = []
  walk(program as unknown as Node, (node, parent) => {
    for (const { name, breaks } of rules)
      if (breaks(node, parent)) broken.push(`${file}:${text.slice(0, node.start).split('\n').length}: ${name}`)
  })
  return broken
}
