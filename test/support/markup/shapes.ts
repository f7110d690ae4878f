import type { Page } from 'playwright-core'

/** A page as a reader of it sees it, and as a parser made it. */
export interface Look {
  /** What can be read, without what is hidden from the eye. */
  text: string
  /** Each kind of element there is: what holds it, its name, its attributes. `ol > li[class]`. */
  shapes: string[]
  /** Elements that no page of ours and no page of Web Chat may hold, whatever a harmless page has. */
  forbidden: string[]
}

/** Looks at the whole document, open shadow roots with it. Its links may lead to `home`, our server. */
export function look(page: Page, home: string): Promise<Look> {
  return page.evaluate((origin) => {
    const shapes = new Set<string>()
    const forbidden: string[] = []
    const harmless = (value: string): boolean => {
      try {
        const url = new URL(value, location.href)
        return (
          ['https:', 'tel:', 'mailto:', 'blob:'].includes(url.protocol) ||
          url.origin === origin ||
          url.origin === location.origin
        )
      } catch {
        return false
      }
    }
    const walk = (root: ParentNode, holder: string): void => {
      for (const element of root.children) {
        const tag = element.tagName.toLowerCase()
        shapes.add(`${holder} > ${tag}[${element.getAttributeNames().sort().join(' ')}]`)
        for (const { name, value } of element.attributes) {
          const runs = name.startsWith('on') || name === 'srcdoc' || name === 'formaction' || name === 'action'
          const leads = /^(?:xlink:)?href$|^src$/.test(name)
          if (runs || (leads && !harmless(value)) || (name === 'id' && !/^[\w:.-]+$/.test(value)))
            forbidden.push(`${tag} ${name}=${value}`)
        }
        if (/^(?:iframe|frame|object|embed|base|applet|portal|math)$/.test(tag)) forbidden.push(tag)
        if (tag === 'a' && element.getAttribute('target') === '_blank') {
          if (!/\bnoopener\b/.test(element.getAttribute('rel') ?? '')) forbidden.push('a target without noopener')
        }
        if (element.shadowRoot !== null) walk(element.shadowRoot, `${tag}#`)
        walk(element, tag)
      }
    }
    walk(document, '')
    const seen = document.body.cloneNode(true) as HTMLElement
    for (const hidden of seen.querySelectorAll('.visually-hidden, .only-read, script, style')) hidden.remove()
    return { text: seen.textContent ?? '', shapes: [...shapes], forbidden }
  }, new URL(home).origin)
}
