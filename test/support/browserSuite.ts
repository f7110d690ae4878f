import { after, before } from 'mocha'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { launchBrowser } from './officialClientBrowser.ts'
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts'

let launched: Promise<Browser | undefined> | undefined

// Outside of any suite: when all files have run.
after(async () => (await launched)?.close())

/** A browser, which all suites of a run share, and a server with its pages, which is this suite's own. */
export interface BrowserSuite {
  readonly browser: Browser
  readonly server: TestServer
  /** Like another browser: with cookies of its own. It closes when the suite ends. */
  person(options?: BrowserContextOptions): Promise<BrowserContext>
}

/** To be called inside a `describe`: its tests are skipped where no browser runs. */
export function browserSuite(options: TestServerOptions = {}): BrowserSuite {
  let browser: Browser | undefined
  let server: TestServer | undefined
  const people: BrowserContext[] = []
  before(async function () {
    this.timeout(60_000)
    browser = await (launched ??= launchBrowser())
    if (browser === undefined) return this.skip()
    server = await startTestServer({ pages: true, ...options })
  })
  after(async () => {
    await Promise.all(people.map((person) => person.close()))
    await server?.stop()
  })
  return {
    get browser() {
      return present(browser)
    },
    get server() {
      return present(server)
    },
    async person(of = {}) {
      const person = await present(browser).newContext(of)
      people.push(person)
      return person
    },
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the suite has not begun')
  return value
}
