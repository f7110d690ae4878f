import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { watchSources } from '../../commands/dev/watch.ts'
import { eventually } from '../support/eventually.ts'

describe('npm run dev: what it watches', () => {
  const root = mkdtempSync(join(tmpdir(), 'parcours-watch-'))
  after(() => rmSync(root, { recursive: true, force: true }))

  it('tells a burst of writes once, deep ones too, and not what passes', async () => {
    mkdirSync(join(root, 'services', 'deep'), { recursive: true })
    mkdirSync(join(root, 'services', 'dist'))
    writeFileSync(join(root, 'index.ts'), '')
    const told: string[] = []
    const stop = watchSources(root, ['index.ts', 'services'], (file) => void told.push(file), 50)
    try {
      writeFileSync(join(root, 'services', 'dist', 'page.js'), 'built')
      writeFileSync(join(root, 'services', '.hidden.swp'), 'editor')
      for (let i = 0; i < 20; i += 1) writeFileSync(join(root, 'services', 'deep', 'rule.ts'), `export const n = ${i}`)
      await eventually('the change is told', () => told.length > 0)
      expect(told).to.deep.equal([join('services', 'deep', 'rule.ts')])
      writeFileSync(join(root, 'index.ts'), 'again')
      await eventually('the next change is told', () => told.length > 1)
      expect(told.at(-1)).to.equal('index.ts')
    } finally {
      stop()
    }
  })
})
