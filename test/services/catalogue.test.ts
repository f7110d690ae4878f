import { expect } from 'chai'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ContentFile } from '../../services/catalogue/contentFile.ts'
import {
  ContentError,
  dialable,
  linesFor,
  openCatalogue,
  phonesFor,
  type Catalogue,
  type HelpLineContent,
  type Situation,
} from '../../services/catalogue/index.ts'
import { officeFile } from '../../services/catalogue/officeContent.ts'

const shipped = new URL('../../content/', import.meta.url)

describe('the catalogue', () => {
  let catalogue: Catalogue
  before(async () => {
    catalogue = await openCatalogue()
  })

  it('gives the facts of content/, with source and day of checking', () => {
    for (const content of [catalogue.holidayRules(), catalogue.offices(), catalogue.helpLines()]) {
      expect(content.source).to.not.equal('')
      expect(content.checkedOn).to.match(/^20\d\d-\d\d-\d\d$/)
    }
    expect(catalogue.holidayRules().rules).to.have.length(13)
    expect(catalogue.offices().defaultHours).to.include({ zone: 'America/Toronto', toConfirm: true })
    expect(catalogue.offices().ministry.phones.map(({ number }) => number)).to.deep.equal([
      '514 864-9191',
      '1 877 864-9191',
    ])
  })

  it('cannot be changed by who reads it', () => {
    const [first] = catalogue.helpLines().lines
    expect(() => Object.assign(first ?? {}, { name: '112' })).to.throw(TypeError)
  })

  it('refuses to write what is shipped', async () => {
    const file = new ContentFile(shipped, 'offices.json', officeFile)
    expect(await failure(file.write())).to.be.instanceOf(ContentError)
  })

  describe('stops on bad content and names the file and the place', () => {
    let folder: URL
    beforeEach(async () => {
      folder = pathToFileURL(`${await mkdtemp(join(tmpdir(), 'parcours-content-'))}/`)
      await cp(fileURLToPath(shipped), fileURLToPath(folder), { recursive: true })
    })
    afterEach(() => rm(fileURLToPath(folder), { recursive: true }))

    const spoilt: [what: string, file: string, find: string, put: string, says: string][] = [
      ['no JSON', 'offices.json', '{', '', 'JSON'],
      ['a day that is none', 'holidays.json', '"2026-12-28"', '"2026-02-30"', 'replacements.0.day'],
      ['a replacement on a Saturday', 'holidays.json', '2028-06-23', '2028-06-24', 'replacements.6.day'],
      ['a replacement of nothing', 'holidays.json', '"of": "christmas"', '"of": "easter"', 'replacements.2.of'],
      ['a replacement out of the years', 'holidays.json', '"to": 2030', '"to": 2028', 'replacementYears'],
      ['an id twice', 'holidays.json', '"new-year-2"', '"new-year"', 'rules: the same id twice'],
      [
        'a source that is not listed',
        'holidays.json',
        '"of": "boxing-day",\n      "source": "weekend-practice"',
        '"of": "boxing-day",\n      "source": "hearsay"',
        'replacements.0.source',
      ],
      ['no day of checking', 'help-lines.json', '"checkedOn"', '"checked"', 'checkedOn'],
      ['a zone that is none', 'offices.json', 'America/Toronto', 'America/Rimouski', 'defaultHours.zone'],
      ['spans that touch', 'offices.json', '"13:00"', '"12:00"', 'defaultHours.spans.1'],
      ['an hour that is none', 'offices.json', '"16:30"', '"24:30"', 'defaultHours.spans.1.to'],
      ['a phone that is none', 'offices.json', '514 864-9191', '514 864-919', 'ministry.phones.0.number'],
      ['an unknown line', 'help-lines.json', '"traite", "cnesst"', '"traite", "csst"', 'situations.exploitation.1'],
      ['a region that is none', 'help-lines.json', '"17":', '"18":', 'lines.10'],
    ]
    for (const [what, file, find, put, says] of spoilt)
      it(what, async () => {
        const place = new URL(file, folder)
        const text = await readFile(place, 'utf8')
        expect(text, 'the test spoils something').to.include(find)
        await writeFile(place, text.replace(find, put))
        const error = await failure(openCatalogue(folder))
        expect(error).to.be.instanceOf(ContentError)
        expect(String(error)).to.include(`content/${file}`).and.include(says)
      })

    it('a file that is missing', async () => {
      await rm(new URL('offices.json', folder))
      expect(String(await failure(openCatalogue(folder)))).to.include('content/offices.json: the file')
    })
  })

  describe('help lines', () => {
    let content: HelpLineContent
    before(() => {
      content = catalogue.helpLines()
    })
    const shown: [Situation, region: string | null, dialled: string[]][] = [
      ['immediate', null, ['911']],
      ['suicide', null, ['+18662773553', '988', '911']],
      ['violence', null, ['911', '+18003639010']],
      ['sexualViolence', null, ['911', '+18889339007']],
      ['childInDanger', null, ['911']],
      ['childInDanger', '01', ['911', '+18004639009']],
      ['childInDanger', '06', ['911', '+15148963100', '+15149356196']],
      ['childInDanger', '10', ['911', '+18005676405', '+18004639188']],
      ['medical', null, ['911', '811']],
      ['poison', null, ['+18004635060', '911']],
      ['exploitation', null, ['+18339001010', '+18448380808']],
      ['youth', null, ['+18002632266']],
    ]
    for (const [situation, region, dialled] of shown)
      it(`${situation}, region ${region ?? 'unknown'}: ${dialled.join(', ')}`, () => {
        const numbers = linesFor(content, situation)
          .flatMap((line) => phonesFor(line, region))
          .map(({ number }) => dialable(number))
        expect(numbers).to.deep.equal(dialled)
      })

    it('give the DPJ of each of the 17 regions', () => {
      const dpj = content.lines.find(({ id }) => id === 'dpj')
      if (!dpj) throw new Error('no DPJ')
      for (let region = 1; region <= 17; region += 1)
        expect(phonesFor(dpj, String(region).padStart(2, '0')), `region ${region}`).to.not.be.empty
      expect(phonesFor(dpj, '18')).to.be.empty
    })

    it('mark every secondary number as to be confirmed', () => {
      const numbers = content.lines.flatMap((line) => ('phones' in line ? [...line.phones, ...(line.texts ?? [])] : []))
      const secondary = numbers.filter((number) => number.secondary)
      expect(secondary.map(({ number }) => number))
        .to.include('988')
        .and.include('438 601-1211')
      expect(secondary.filter(({ toConfirm }) => !toConfirm)).to.be.empty
    })
  })
})

/** What a promise was rejected with. */
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('it was accepted'),
    (error: unknown) => error,
  )
