import { defineConfig } from 'vite'

const root = import.meta.dirname

/** Entries whose address stays: other sites name the first in their pages, the build runs the second. */
const NAMED: Record<string, string> = { embed: 'embed.js', prerender: 'prerender.js' }

/** Builds the two pages into `web/dist/`; the names in `assets/` change with their content. */
export default defineConfig({
  root,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  json: { stringify: true },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    manifest: true,
    // What cheap and older phones of 2022 still run.
    target: ['es2022', 'chrome100', 'firefox100', 'safari15.4'],
    // Inlined files would need `data:` in the policy, and could not be cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        chat: `${root}/chat/index.html`,
        desk: `${root}/desk/index.html`,
        embed: `${root}/embed/embed.ts`,
      },
      output: {
        entryFileNames: ({ name }) => NAMED[name] ?? 'assets/[name]-[hash].js',
        // A plain script of somebody else's page: its names must not become the page's.
        banner: ({ name }) => (name === 'embed' ? '(() => {' : ''),
        footer: ({ name }) => (name === 'embed' ? '})()' : ''),
      },
    },
  },
})
