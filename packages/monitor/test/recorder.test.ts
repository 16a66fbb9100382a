import { handClock } from '@kumquat/core/testing'
import { OTHER, percentile, recorder, type SeriesStats, type StatsSnapshot } from '@kumquat/monitor'
import { expect } from 'chai'
import { mergeHistograms } from '../src/histogram.ts'
import { readStats } from '../src/read-stats.ts'
import { end, KINDS, observe, start } from './parts.ts'

describe('recorder', () => {
  it('counts calls by code, and their durations', () => {
    const counts = recorder()
    for (const durationMs of [1, 2, 3]) observe(counts, { durationMs })
    observe(counts, { code: 'not_found', durationMs: 1_000 })
    const series = only(counts.stats())
    expect(series).to.deep.include({ kind: 'served', service: 'movie/catalog', method: 'getMovieById', lane: 'stable' })
    expect(series.codes).to.deep.equal({ ok: 3, not_found: 1 })
    expect(percentile(mergeHistograms(series.histogram), 1)).to.be.closeTo(1_000, 50)
  })

  it('counts what is in flight', () => {
    const counts = recorder()
    counts.started(start())
    counts.started(start())
    expect(only(counts.stats()).inFlight).to.equal(2)
    counts.ended(end())
    expect(only(counts.stats()).inFlight).to.equal(1)
  })

  it('counts attempts beyond the first as retries', () => {
    const counts = recorder()
    for (const attempt of [1, 2, 3, 1]) observe(counts, { kind: 'attempt', attempt })
    expect(only(counts.stats()).retries).to.equal(2)
  })

  it('keeps kinds, services, methods and lanes apart', () => {
    const counts = recorder()
    for (const kind of KINDS) observe(counts, { kind })
    observe(counts, { service: { app: 'movie', group: 'showing' } })
    observe(counts, { method: 'getMovieByCity' })
    observe(counts, { lane: 'gray' })
    const names = counts
      .stats()
      .series.map(({ kind, service, method, lane }) => [kind, service, method, lane].join(' '))
    expect(names).to.have.members([
      'call movie/catalog getMovieById stable',
      'attempt movie/catalog getMovieById stable',
      'served movie/catalog getMovieById stable',
      'served movie/showing getMovieById stable',
      'served movie/catalog getMovieByCity stable',
      'served movie/catalog getMovieById gray',
    ])
  })

  it('says when it began, how long ago that is, and which snapshot this is', async () => {
    const clock = handClock({ epochMs: 1_800_000_000_000 })
    const counts = recorder({ clock })
    await clock.advance(1_500)
    expect(counts.stats()).to.include({ schema: 1, startedAt: 1_800_000_000_000, uptimeMs: 1_500, seq: 1, dropped: 0 })
    expect(counts.stats().seq).to.equal(2)
    expect(recorder().stats().bootId).not.to.equal(recorder().stats().bootId)
  })

  it('gives a snapshot that its readers can read', () => {
    const counts = recorder()
    observe(counts, { method: 'x y', lane: 'purple' })
    observe(counts)
    const { callers: _, ...snapshot } = counts.stats()
    expect(readStats(JSON.stringify(snapshot))).to.deep.equal(snapshot)
  })

  describe('names from the wire', () => {
    it('get no series when they are no names', () => {
      const counts = recorder()
      for (const method of ['', 'a/b', 'x\ny', '…', 'm'.repeat(300)]) observe(counts, { method })
      expect(only(counts.stats())).to.include({ service: 'movie/catalog', method: OTHER })
      expect(only(counts.stats()).codes).to.deep.equal({ ok: 5 })
    })

    it('get no series when they are not known', () => {
      const counts = recorder({ knows: (service, method) => service.app === 'movie' && method === 'getMovieById' })
      observe(counts)
      observe(counts, { method: 'guess' })
      observe(counts, { service: { app: 'other', group: 'x' } })
      const names = counts.stats().series.map(({ service, method }) => `${service} ${method}`)
      expect(names).to.have.members(['movie/catalog getMovieById', `movie/catalog ${OTHER}`, `other/x ${OTHER}`])
    })

    it('get no lane but stable and gray', () => {
      const counts = recorder()
      for (const lane of ['purple', 'green', 'x\n']) observe(counts, { lane })
      expect(only(counts.stats())).to.include({ method: 'getMovieById', lane: OTHER })
    })

    it('never make more than 2 000 series, and what finds no room is counted all the same', () => {
      const counts = recorder()
      for (let i = 0; i < 10_000; i++) observe(counts, { method: `fake${i}` })
      for (let i = 0; i < 10_000; i++) observe(counts, { service: { app: `app${i}`, group: 'g' } })
      const { series, dropped } = counts.stats()
      expect(series.length).to.be.at.most(2_000)
      expect(series.reduce((sum, { codes }) => sum + total(codes), 0)).to.equal(20_000)
      expect(series.every(({ inFlight }) => inFlight === 0)).to.equal(true)
      expect(series.filter(({ method }) => method !== OTHER).length + dropped).to.equal(20_000)
    })

    it('leave room for the methods of a service that comes after the flood', () => {
      const counts = recorder()
      for (let i = 0; i < 10_000; i++) observe(counts, { method: `fake${i}` })
      observe(counts, { service: { app: 'late', group: 'comer' } })
      expect(counts.stats().series.find(({ service }) => service === 'late/comer')).to.deep.include({
        codes: { ok: 1 },
      })
    })
  })

  describe('callers', () => {
    it('are counted where calls are served, with their errors', () => {
      const counts = recorder()
      observe(counts, { caller: 'web' })
      observe(counts, { caller: 'web', code: 'internal' })
      observe(counts, { caller: 'web', kind: 'call' })
      observe(counts, { caller: '' })
      expect(counts.stats().callers).to.have.deep.members([
        { caller: 'web', service: 'movie/catalog', calls: 2, errors: 1 },
        { caller: OTHER, service: 'movie/catalog', calls: 1, errors: 0 },
      ])
    })

    it('are bounded', () => {
      const counts = recorder()
      for (let i = 0; i < 1_000; i++) observe(counts, { caller: `caller${i}` })
      const { callers } = counts.stats()
      expect(callers.length).to.be.at.most(257)
      expect(callers.reduce((sum, { calls }) => sum + calls, 0)).to.equal(1_000)
    })
  })

  it('refuses room for fewer than 100 series', () => {
    expect(() => recorder({ maxSeries: 5 })).to.throw(RangeError, 'maxSeries 5 is not 100 or more')
    expect(recorder({ maxSeries: 100 }).stats().series).to.deep.equal([])
  })

  it('keeps the exact number of a hundred thousand calls, in counts and in durations', () => {
    const counts = recorder()
    for (let i = 0; i < 100_000; i++) observe(counts, { durationMs: i % 700, lane: i % 4 === 0 ? 'gray' : 'stable' })
    const [gray, stable] = counts.stats().series.map(({ codes, histogram }) => {
      return { counted: total(codes), timed: mergeHistograms(histogram).reduce((sum, count) => sum + count, 0) }
    })
    expect(gray).to.deep.equal({ counted: 25_000, timed: 25_000 })
    expect(stable).to.deep.equal({ counted: 75_000, timed: 75_000 })
  })
})

const total = (codes: SeriesStats['codes']): number => Object.values(codes).reduce((sum, count) => sum + count, 0)

function only({ series }: StatsSnapshot): SeriesStats {
  expect(series).to.have.length(1)
  return series[0]!
}
