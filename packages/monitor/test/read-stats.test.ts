import { recorder } from '@kumquat/monitor'
import { expect } from 'chai'
import fc from 'fast-check'
import { readStats } from '../src/read-stats.ts'
import { observe } from './parts.ts'

const GOOD = {
  schema: 1,
  bootId: 'b',
  startedAt: 1,
  uptimeMs: 2,
  seq: 3,
  dropped: 0,
  series: [
    {
      kind: 'served',
      service: 'movie/catalog',
      method: 'getMovieById',
      lane: 'stable',
      inFlight: 0,
      codes: { ok: 1 },
      retries: 0,
      histogram: [3, 1],
    },
  ],
}

describe('readStats', () => {
  it('reads what a recorder writes', () => {
    const counts = recorder()
    observe(counts)
    observe(counts, { method: '', service: { app: '', group: '' } })
    expect(readStats(JSON.stringify(counts.stats()))!.series).to.have.length(2)
  })

  it('takes nothing that is not of its schema', () => {
    const bad = ['', '{', 'null', '[]', '"x"', '{}', JSON.stringify({ ...GOOD, schema: 2 })]
    for (const field of ['bootId', 'startedAt', 'uptimeMs', 'seq', 'series'] as const) {
      for (const value of [undefined, null, -1, {}, '']) bad.push(JSON.stringify({ ...GOOD, [field]: value }))
    }
    for (const text of bad) expect(readStats(text), text).to.equal(undefined)
    expect(readStats(JSON.stringify(GOOD))).to.deep.equal(GOOD)
  })

  it('leaves out a series that is not well formed, and keeps its neighbours', () => {
    const [series] = GOOD.series
    const bad = [
      { kind: 'other' },
      { service: 'movie' },
      { service: '../catalog' },
      { method: '<script>' },
      { method: 'x'.repeat(200) },
      { lane: '' },
      { inFlight: '1' },
      { codes: { ok: -1 } },
      { codes: { nonsense: 1 } },
      { codes: null },
      { retries: null },
      { histogram: [1] },
      { histogram: [900, 1] },
    ].map((wrong) => ({ ...series, ...wrong }))
    const stats = readStats(JSON.stringify({ ...GOOD, series: [...bad, null, 7, series] }))
    expect(stats?.series).to.deep.equal([series])
  })

  it('takes no more than 2 000 series', () => {
    const series = Array.from({ length: 5_000 }, (_, i) => ({ ...GOOD.series[0], method: `m${i}` }))
    expect(readStats(JSON.stringify({ ...GOOD, series }))?.series).to.have.length(2_000)
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, series) => {
        readStats(JSON.stringify(value))
        readStats(JSON.stringify({ ...GOOD, series: [series] }))
      }),
    )
  })
})
