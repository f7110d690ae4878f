/** What is used of jsdom, which ships no types: a document without a browser, in which no script runs. */
declare module 'jsdom' {
  export class JSDOM {
    constructor(html: string)
    readonly window: { readonly document: Document }
  }
}
