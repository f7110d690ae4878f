import { expect } from 'chai'
import { countRoundTrips } from '../../bench/roundTrips.ts'

describe('a turn', function () {
  this.timeout(20_000)

  it('takes two round trips to the database, and a third to read the place in the queue', async () => {
    const said = ['English', 'Yes, I agree', 'My name is Oleksandr', 'where do I find a flat?', 'I need a person']
    const trips = await countRoundTrips(said)
    expect(trips.map(({ said: words, roundTrips }) => [words, roundTrips])).to.deep.equal([
      ['English', 2],
      ['Yes, I agree', 2],
      ['My name is Oleksandr', 2],
      ['where do I find a flat?', 3],
      ['I need a person', 3],
    ])
  })
})
