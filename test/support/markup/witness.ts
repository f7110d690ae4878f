import { expect } from 'chai'
import type { BrowserContext, Page } from 'playwright-core'
import { openSite, type LoopbackSite } from '../loopbackSite.ts'

/** Sees what words must not do to the page that shows them. */
export interface Witness {
  /** What they are aimed at. */
  readonly sink: LoopbackSite
  readonly executed: unknown[]
  readonly dialogs: string[]
  readonly violations: string[]
  readonly errors: string[]
  /** Watches all pages of a context; to be called before any of them opens. */
  watch(context: BrowserContext): Promise<void>
  /** Fails with everything that happened; resolves to how much of each: all 0. */
  expectNothing(): string
  close(): Promise<void>
}

/** Opens one, with a sink of its own. */
export async function openWitness(): Promise<Witness> {
  const sink = await openSite()
  const executed: unknown[] = []
  const dialogs: string[] = []
  const violations: string[] = []
  const errors: string[] = []
  const listen = (page: Page): void => {
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    page.on('pageerror', (error) => errors.push(error.message))
  }
  return {
    sink,
    executed,
    dialogs,
    violations,
    errors,
    async watch(context) {
      await context.exposeBinding('__pwn', (_source, id: unknown) => void executed.push(id))
      await context.exposeBinding('__violation', (_source, what: string) => void violations.push(what))
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
          const { __violation } = globalThis as unknown as { __violation(what: string): void }
          __violation(`${violatedDirective} ${blockedURI} ${sample}`)
        })
      })
      context.on('page', listen)
    },
    expectNothing() {
      const requests = sink.requests.map(({ what }) => what)
      expect({ executed, dialogs, requests, violations, errors }, 'what words did').to.deep.equal({
        executed: [],
        dialogs: [],
        requests: [],
        violations: [],
        errors: [],
      })
      return '0 executions, 0 requests to the sink, 0 policy violations'
    },
    close: () => sink.close(),
  }
}
