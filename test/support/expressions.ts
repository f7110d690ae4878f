import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseSync } from 'vite'

/** A regular expression of the product, and the line that has or makes it. */
export interface Expression {
  /** `folder/file.ts:line` */
  site: string
  rule: RegExp
}

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDERS = ['api', 'bots', 'dialogs', 'services', 'web', 'commands']

/** Every source file of the product, from the root of the repository. */
export const productFiles = (): string[] =>
  FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('dist') && !file.includes('node_modules'))
      .map((file) => join(folder, file)),
  )

interface Node {
  type: string
  start: number
  [field: string]: unknown
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, visit)
  else if (typeof value === 'object' && value !== null) {
    if (typeof (value as Node).type === 'string') visit(value as Node)
    for (const field of Object.values(value)) if (typeof field === 'object') walk(field, visit)
  }
}

/** What the source says: literals with their lines, and the lines that make expressions as the program runs. */
export function writtenExpressions(): { literals: Expression[]; makers: string[] } {
  const literals: Expression[] = []
  const makers: string[] = []
  for (const file of productFiles()) {
    const source = readFileSync(join(ROOT, file), 'utf8')
    if (!/RegExp|\//.test(source)) continue
    walk(parseSync(file, source).program, (node) => {
      const site = (): string => `${file}:${source.slice(0, node.start).split('\n').length}`
      const regex = node['regex'] as { pattern: string; flags: string } | undefined
      if (node.type === 'Literal' && regex)
        literals.push({ site: site(), rule: new RegExp(regex.pattern, regex.flags) })
      const callee = node['callee'] as Node | undefined
      if ((node.type === 'NewExpression' || node.type === 'CallExpression') && callee?.['name'] === 'RegExp')
        makers.push(site())
    })
  }
  return { literals, makers }
}

/** Every expression that is made by `new RegExp` in the product's source while `work` runs. */
export async function expressionsMadeBy(work: () => unknown): Promise<Expression[]> {
  const made = new Map<string, Expression>()
  const Plain = globalThis.RegExp
  const make = (args: unknown[]): RegExp => {
    const rule = new Plain(...(args as [string, string?]))
    const lines = (new Error('who asks').stack ?? '').split('\n')
    const base = pathToFileURL(ROOT).href
    const line = lines.find((one) => FOLDERS.some((folder) => one.includes(`${base}/${folder}/`)))
    const [, file = '', number = ''] = /file:\/\/(\/[^?:]+)(?:\?\w*)?:(\d+):\d+/.exec(line ?? '') ?? []
    const site = `${relative(ROOT, decodeURI(file))}:${number}`
    if (line !== undefined) made.set(`${site} ${rule.source}`, { site, rule })
    return rule
  }
  globalThis.RegExp = new Proxy(Plain, {
    construct: (_target, args) => make(args),
    apply: (_target, _this, args) => make(args),
  })
  try {
    await work()
  } finally {
    globalThis.RegExp = Plain
  }
  return [...made.values()]
}
