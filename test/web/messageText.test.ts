import { expect } from 'chai'
import { JSDOM } from 'jsdom'
import { createElement, render } from 'preact'
import '../support/sabotageComponents.ts'

const { MessageText } = await import('../../web/conversation/MessageText.tsx')

/** The element that a message becomes, in a document without scripts. */
function shown(text: string): Element {
  const { document } = new JSDOM('<main></main>').window
  Object.assign(globalThis, { document })
  const main = document.querySelector('main')
  if (main === null) throw new Error('no page')
  render(createElement(MessageText, { text, language: 'fr' }), main)
  return main
}

describe('the words of a message', () => {
  after(() => void Reflect.deleteProperty(globalThis, 'document'))

  for (const text of [
    '<b>gras</b> & <i>penché</i>',
    '<img src=x onerror=alert(1)>',
    '</p><script>alert(1)</script>',
    '&lt;b&gt; <svg onload=alert(1)> 911',
  ])
    it(`shows markup as the text that it is: ${text}`, () => {
      const page = shown(text)
      expect(page.textContent).to.equal(text)
      expect(page.querySelectorAll(':not(p, a)')).to.have.length(0)
    })
})
