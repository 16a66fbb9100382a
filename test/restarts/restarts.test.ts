import { expect } from 'chai'
import { serverOrSkip, type ZookeeperServer } from '../servers/zookeeper.ts'
import { figuresOf } from './figures.ts'
import { readOptions } from './options.ts'
import { restarts } from './restarts.ts'

describe('npm run restarts', function () {
  this.timeout(180_000)
  const kept = { failed: 0, twice: 0, lost: 0, kept: true }

  describe('with a registry of ZooKeeper', () => {
    let server: ZookeeperServer
    before(async function () {
      server = await serverOrSkip(this)
    })
    after(() => server?.stop())

    it('loses no call of 500 a second and runs none twice, while each of five providers is restarted', async () => {
      const figures = await restarts({ registry: server.url(), load: 'steady', rounds: 1, providers: 5, rate: 500 })
      expect(figures).to.deep.include({ ...kept, restarts: 5, examples: [] })
      expect(figures.calls).to.be.above(1_000)
    })
  })

  it('loses none and runs none twice when connections are about to be closed for idleness', async () => {
    const figures = await restarts({ registry: undefined, load: 'edge', rounds: 1, providers: 3, rate: 100 })
    expect(figures).to.deep.include({ ...kept, restarts: 3, examples: [] })
  })

  it('takes what it is told, and three rounds of five providers under ZooKeeper by default', () => {
    const byDefault = { registry: 'zookeeper', load: 'steady', rounds: 3, providers: 5, rate: 500 }
    expect(readOptions(['--json'])).to.deep.equal(byDefault)
    const asked = readOptions('--registry file --load edge --rounds 1 --providers 2 --rate 50'.split(' '))
    expect(asked).to.deep.equal({ registry: 'file', load: 'edge', rounds: 1, providers: 2, rate: 50 })
  })

  it('refuses what it does not know', () => {
    for (const [args, message] of [
      ['--registry consul', '--registry consul is not known; known are file, zookeeper'],
      ['--load heavy', '--load heavy is not known; known are steady, edge'],
      ['--rounds 0', '--rounds 0 is no whole number of at least 1'],
      ['--providers 1', '--providers 1 is no whole number of at least 2'],
      ['--rate x', '--rate x is no whole number of at least 1'],
    ] as const) {
      expect(() => readOptions(args.split(' '))).to.throw(TypeError, message)
    }
  })

  it('finds what failed, what ran twice, and what was answered by nobody', () => {
    const ends = [
      { id: 1, durationMs: 5 },
      { id: 2, durationMs: 10 },
      { id: 3, durationMs: 20, error: 'Error: refused' },
      { id: 4, durationMs: 40 },
    ]
    const found = figuresOf({ ends, ran: [1, 2, 2], attempts: 5, stops: [1_000.4, 2_000.6] })
    expect(found).to.deep.equal({
      ...{ calls: 4, failed: 1, twice: 1, lost: 1, retried: 1, restarts: 2, longestStopMs: 2_001 },
      ...{ p50Ms: 20, p99Ms: 40, maxMs: 40, examples: ['Error: refused'], kept: false },
    })
    expect(figuresOf({ ends: [], ran: [], attempts: 0, stops: [] }).kept, 'nothing is no proof').to.equal(false)
    const good = figuresOf({ ends: ends.slice(0, 2), ran: [1, 2], attempts: 2, stops: [] })
    expect(good).to.include(kept)
  })
})
