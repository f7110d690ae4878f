import { expect } from 'chai'
import { leaveQuickly, onThreeEscapes } from '../../web/chat/leave.ts'

/** The few things of a browser that leaving touches; what happens to them is written down in order. */
function standInBrowser(happened: string[], storageForbidden = false): { press(key: string, at: number): void } {
  let listen: ((event: { key: string; timeStamp: number }) => void) | undefined
  Object.assign(globalThis, {
    document: {
      title: 'Parcours',
      body: { replaceChildren: () => happened.push('blank') },
      addEventListener: (_type: string, listener: typeof listen) => void (listen = listener),
      removeEventListener: () => void (listen = undefined),
    },
    location: { replace: (url: string) => happened.push(`to ${new URL(url).hostname}`) },
  })
  Object.defineProperty(globalThis, 'sessionStorage', {
    configurable: true,
    get() {
      if (storageForbidden) throw new Error('forbidden')
      return { clear: () => happened.push('storage erased') }
    },
  })
  return { press: (key, timeStamp) => listen?.({ key, timeStamp }) }
}

describe('leaving quickly', () => {
  const before = ['document', 'location', 'sessionStorage'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  )
  afterEach(() => {
    for (const [name, descriptor] of before) {
      Reflect.deleteProperty(globalThis, name)
      if (descriptor !== undefined) Object.defineProperty(globalThis, name, descriptor)
    }
  })

  it('blanks the page, ends the session and erases the storage before it goes', () => {
    const happened: string[] = []
    standInBrowser(happened)
    leaveQuickly(() => happened.push('session ended'))
    expect(happened).to.deep.equal(['blank', 'session ended', 'storage erased', 'to www.google.com'])
  })

  it('goes where storage is forbidden too', () => {
    const happened: string[] = []
    standInBrowser(happened, true)
    leaveQuickly(() => happened.push('session ended'))
    expect(happened).to.deep.equal(['blank', 'session ended', 'to www.google.com'])
  })

  it('is asked for by Escape three times in a row, and by nothing less', () => {
    const happened: string[] = []
    const browser = standInBrowser(happened)
    const stop = onThreeEscapes(() => leaveQuickly(() => happened.push('session ended')))
    for (const [key, at] of [
      ['Escape', 0],
      ['Escape', 100],
      ['a', 200],
      ['Escape', 300],
      ['Escape', 3_000],
    ] as const)
      browser.press(key, at)
    expect(happened).to.deep.equal([])
    browser.press('Escape', 3_100)
    browser.press('Escape', 3_200)
    expect(happened).to.include('session ended')
    stop()
  })
})
