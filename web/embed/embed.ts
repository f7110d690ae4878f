/**
 * The one script tag of a site that embeds the chat: a frame in an element of the page (`data-target`), or
 * a button that opens it. docs/embedding.md says how to use it and what the frame and the page tell each other.
 */
interface Labels {
  open: string
  close: string
  title: string
  unread: string
}

const LABELS = import.meta.glob<Labels>('../../locales/*/embed.json', { eager: true, import: 'default' })

/** Above what pages usually put on top. */
const ON_TOP = '2147483000'

function embed(): void {
  const { currentScript } = document
  if (!(currentScript instanceof HTMLScriptElement)) return
  const { origin } = new URL(currentScript.src)
  const language = currentScript.dataset['lang'] ?? document.documentElement.lang.split('-')[0] ?? 'fr'
  const labels = LABELS[`../../locales/${language}/embed.json`] ?? LABELS['../../locales/fr/embed.json']
  if (labels === undefined) return
  const { target: selector } = currentScript.dataset
  const start = (): void => {
    const frame = newFrame(origin, language, labels.title)
    const place = selector === undefined ? null : document.querySelector(selector)
    const button = place === null ? newButton(labels, frame) : null
    if (place === null) style(frame, FLOATING)
    else place.append(frame)
    listen(origin, frame, (count) => button?.unread(count))
    // So that the page can speak its own language into the frame, and follow what happens in it.
    Object.assign(globalThis, {
      Parcours: { say: (message: object) => frame.contentWindow?.postMessage(message, origin) },
    })
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start)
  else start()
}

function newFrame(origin: string, language: string, title: string): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.src = `${origin}/embed?lang=${encodeURIComponent(language)}`
  frame.title = title
  frame.allow = 'microphone'
  frame.referrerPolicy = 'no-referrer'
  style(frame, { border: '0', width: '100%', height: '100%', colorScheme: 'auto' })
  return frame
}

const FLOATING: Style = {
  position: 'fixed',
  zIndex: ON_TOP,
  insetInlineEnd: '16px',
  bottom: '80px',
  width: 'min(400px, calc(100vw - 32px))',
  height: 'min(640px, calc(100vh - 96px))',
  border: '1px solid #7b8b9c',
  borderRadius: '12px',
  background: '#fff',
}

/** A button in the corner. The frame is loaded when it is first opened: most visitors of the site never do. */
function newButton(labels: Labels, frame: HTMLIFrameElement): { unread(count: number): void } {
  const button = document.createElement('button')
  button.type = 'button'
  style(button, {
    position: 'fixed',
    zIndex: ON_TOP,
    insetInlineEnd: '16px',
    bottom: '16px',
    minHeight: '48px',
    padding: '0 20px',
    border: '2px solid #fff',
    borderRadius: '24px',
    color: '#fff',
    background: '#095797',
    font: '600 16px system-ui, sans-serif',
    cursor: 'pointer',
  })
  let open = false
  const show = (): void => {
    button.textContent = open ? labels.close : labels.open
    button.setAttribute('aria-expanded', String(open))
    frame.hidden = !open
    frame.contentWindow?.postMessage({ type: 'parcours/shown', shown: open }, new URL(frame.src).origin)
  }
  button.addEventListener('click', () => {
    open = !open
    if (!frame.isConnected) document.body.append(frame)
    show()
    if (open) frame.focus()
  })
  document.body.append(button)
  show()
  return {
    unread(count) {
      if (!open && count > 0) button.textContent = labels.unread.replace('{{count}}', String(count))
    },
  }
}

/** Hears the frame, and no other. What it says is told to the page as an event `parcours`. */
function listen(origin: string, frame: HTMLIFrameElement, unread: (count: number) => void): void {
  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return
    const message = event.data as { type?: unknown; count?: unknown; url?: unknown } | null
    if (typeof message?.type !== 'string') return
    if (message.type === 'parcours/leave' && typeof message.url === 'string' && message.url.startsWith('https://')) {
      document.body.replaceChildren()
      document.title = ''
      return location.replace(message.url)
    }
    if (message.type === 'parcours/unread' && typeof message.count === 'number') unread(message.count)
    document.dispatchEvent(new CustomEvent('parcours', { detail: message }))
  })
}

type Style = Partial<Record<keyof CSSStyleDeclaration & string, string>>

/** Set one by one: a page's policy may forbid style attributes, and does not forbid this. */
function style(element: HTMLElement, values: Style): void {
  for (const [name, value] of Object.entries(values)) Object.assign(element.style, { [name]: value })
}

embed()
