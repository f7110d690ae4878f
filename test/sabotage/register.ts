import { readFileSync, writeSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { SABOTAGES, sabotaged } from '../support/sabotages.ts'

/*
 * `SABOTAGE=<name> node --import ./test/sabotage/register.ts …` loads one product file with a fault in
 * it. The product knows nothing of it: its text is changed on the way into this process.
 */
const name = process.env['SABOTAGE']
const sabotage = SABOTAGES.find((one) => one.name === name)
if (sabotage === undefined) throw new Error(`there is no sabotage called ${name ?? 'nothing'}`)
const target = pathToFileURL(sabotage.file).href
const source = sabotaged(sabotage, readFileSync(sabotage.file, 'utf8'))

registerHooks({
  load(url, context, nextLoad) {
    if (url !== target) return nextLoad(url, context)
    writeSync(2, `sabotage in place: ${sabotage.name}\n`)
    return { format: 'module-typescript', source, shortCircuit: true }
  },
})
