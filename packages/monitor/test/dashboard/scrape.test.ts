import { systemClock } from '@kumquat/core'
import { eventually, handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { type ScrapeOptions, scrape } from '../../src/dashboard/scrape.ts'

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

const options: ScrapeOptions<number> = {
  targets: () => [],
  ask: async () => true,
  onRound: () => {},
  everyMs: 1_000,
  atOnce: 32,
  clock: systemClock,
  rng: () => 0.5,
}

describe('scrape', () => {
  it('asks everybody, at most so many at once, and says how many answered', async () => {
    let [asking, most] = [0, 0]
    const rounds: unknown[] = []
    const ask = async (target: number): Promise<boolean> => {
      most = Math.max(most, ++asking)
      await new Promise(setImmediate)
      asking--
      return target % 10 !== 0
    }
    using _ = scrape({ ...options, targets: () => numbers(200), ask, onRound: (round) => rounds.push(round) })
    await eventually(() => expect(rounds).to.deep.equal([{ answered: 180, asked: 200 }]))
    expect(most).to.equal(32)
  })

  it('begins the next round a pause after the last one ended, longer or shorter by a tenth', async () => {
    const clock = handClock()
    const lots = [0, 0.5, 0.999_999]
    const at: number[] = []
    const scraping = scrape({ ...options, clock, rng: () => lots.shift() ?? 0, onRound: () => at.push(clock.now()) })
    await clock.advance(3_000)
    expect(at.map(Math.round)).to.deep.equal([0, 900, 1_900, 3_000])
    scraping[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
  })

  it('reads its targets anew each round', async () => {
    const clock = handClock()
    const asked: number[] = []
    let targets = [1]
    using _ = scrape({ ...options, clock, targets: () => targets, ask: async (target) => asked.push(target) > 0 })
    await clock.advance(0)
    targets = [2, 3]
    await clock.advance(1_000)
    expect(asked).to.deep.equal([1, 2, 3])
  })

  it('asks nobody more once it is disposed, not even in the round under way', async () => {
    const clock = handClock()
    const asked: number[] = []
    let answer = (): void => {}
    const ask = (target: number): Promise<boolean> => {
      asked.push(target)
      return new Promise((resolve) => {
        answer = () => resolve(true)
      })
    }
    const rounds: unknown[] = []
    const scraping = scrape({
      ...options,
      clock,
      atOnce: 1,
      targets: () => [1, 2],
      ask,
      onRound: (round) => rounds.push(round),
    })
    scraping[Symbol.dispose]()
    answer()
    await clock.advance(5_000)
    expect([asked, rounds]).to.deep.equal([[1], []])
    expect(clock.pending).to.equal(0)
  })
})
