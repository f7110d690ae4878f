import { createRequire, registerHooks } from 'node:module'

/** What is used of Vite's own compiler: TypeScript with JSX to JavaScript, at once. */
interface Compiler {
  transformSync(
    name: string,
    text: string,
    options: { lang: 'tsx'; jsx: { runtime: 'automatic'; importSource: string } },
  ): { code: string; errors: unknown[] }
}

const vite = createRequire(import.meta.resolve('vite'))
const { transformSync } = vite('rolldown/utils') as Compiler

/**
 * Loads components of the pages in this process, so that one can be tried without a browser. Import it,
 * then `await import()` the component. A hook that was there before (a sabotage) is asked for the text first.
 */
registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith('.tsx')) return nextLoad(url, context)
    const { source } = nextLoad(url, { ...context, format: 'module-typescript' })
    const text = typeof source === 'string' ? source : new TextDecoder().decode(source ?? new Uint8Array())
    const { code, errors } = transformSync(url, text, {
      lang: 'tsx',
      jsx: { runtime: 'automatic', importSource: 'preact' },
    })
    if (errors.length > 0) throw new Error(`${url} does not compile`, { cause: errors })
    return { format: 'module', source: code, shortCircuit: true }
  },
})
