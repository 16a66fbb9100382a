import { handClock } from '@kumquat/core/testing'
import { mergeHistograms, type Recorder, recorder } from '@kumquat/monitor'
import { expect } from 'chai'
import fc from 'fast-check'
import { Ledger, type Reading } from '../../src/dashboard/ledger.ts'
import { observe, start } from '../parts.ts'
import { read } from './parts.ts'

const ALWAYS = Number.POSITIVE_INFINITY

describe('Ledger', () => {
  it('tells what happened since the last look', async () => {
    const clock = handClock()
    const [ledger, counts] = [new Ledger(), recorder({ clock })]
    observe(counts)
    await clock.advance(1_000)
    expect(callsOf(ledger.advance(read(counts), ALWAYS))).to.equal(1)
    for (const code of ['ok', 'internal', 'not_found'] as const) observe(counts, { code, durationMs: 100 })
    await clock.advance(1_500)
    const reading = ledger.advance(read(counts), ALWAYS)
    expect(reading.seconds).to.equal(1.5)
    const [method] = reading.services.get('movie/catalog')!
    expect(method).to.include({ method: 'getMovieById', gray: false, calls: 3, errors: 2, inFlight: 0 })
    expect(method!.histogram).to.have.length(2)
  })

  it('leaves out services in which nothing happened, not those in which something is in flight', () => {
    const [ledger, counts] = [new Ledger(), recorder()]
    observe(counts)
    ledger.advance(read(counts), ALWAYS)
    expect([...ledger.advance(read(counts), ALWAYS).services]).to.deep.equal([])
    counts.started(start())
    const [method] = ledger.advance(read(counts), ALWAYS).services.get('movie/catalog')!
    expect(method).to.include({ calls: 0, inFlight: 1 })
  })

  it('counts only what is served: calls that the process makes itself are not its load', () => {
    const counts = recorder()
    observe(counts, { kind: 'call' })
    observe(counts, { kind: 'attempt' })
    expect(callsOf(new Ledger().advance(read(counts), ALWAYS))).to.equal(0)
  })

  it('does not tell what an older process did before the first look', async () => {
    const clock = handClock()
    const [ledger, counts] = [new Ledger(), recorder({ clock })]
    observe(counts)
    await clock.advance(5_000)
    expect(ledger.advance(read(counts), 4_999)).to.deep.equal({ seconds: 0, services: new Map() })
    observe(counts)
    expect(callsOf(ledger.advance(read(counts), 4_999))).to.equal(1)
  })

  it('tells everything of a process that was started anew', async () => {
    const clock = handClock()
    const [ledger, first, second] = [new Ledger(), recorder({ clock }), recorder({ clock })]
    for (let i = 0; i < 5; i++) observe(first)
    ledger.advance(read(first), 0)
    observe(second)
    await clock.advance(2_000)
    const reading = ledger.advance(read(second), 0)
    expect([callsOf(reading), reading.seconds]).to.deep.equal([1, 2])
  })

  it('never invents a call, whatever a process says of itself', () => {
    const [ledger, counts] = [new Ledger(), recorder()]
    for (let i = 0; i < 5; i++) observe(counts)
    const before = read(counts)
    ledger.advance(before, ALWAYS)
    const shrunk = before.series.map((series) => ({ ...series, codes: { ok: 1 }, histogram: [3, 1], inFlight: -4 }))
    const reading = ledger.advance({ ...before, uptimeMs: 0, series: shrunk }, ALWAYS)
    expect(reading).to.deep.equal({ seconds: 0, services: new Map() })
  })

  it('adds up to all calls, however they fall between looks, restarts and looks that were missed', () => {
    const happening = fc.oneof(
      { weight: 5, arbitrary: fc.constant('call' as const) },
      fc.constant('look' as const),
      fc.constant('look, then restart' as const),
    )
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 100 }), (story) => {
        const ledger = new Ledger()
        let counts: Recorder = recorder()
        const readings: Reading[] = []
        for (const event of [...story, 'look']) {
          if (event === 'call') observe(counts)
          else readings.push(ledger.advance(read(counts), ALWAYS))
          if (event === 'look, then restart') counts = recorder()
        }
        const calls = story.filter((event) => event === 'call').length
        expect(readings.reduce((sum, reading) => sum + callsOf(reading), 0)).to.equal(calls)
        expect(readings.reduce((sum, reading) => sum + timedOf(reading), 0)).to.equal(calls)
      }),
    )
  })
})

const methodsOf = ({ services }: Reading) => [...services.values()].flat()

const callsOf = (reading: Reading): number => methodsOf(reading).reduce((sum, { calls }) => sum + calls, 0)

const timedOf = (reading: Reading): number =>
  mergeHistograms(...methodsOf(reading).map(({ histogram }) => histogram)).reduce((sum, count) => sum + count, 0)
