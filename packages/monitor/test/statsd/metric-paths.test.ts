import { expect } from 'chai'
import fc from 'fast-check'
import { assertPrefix, MetricPaths, segment } from '../../src/statsd/metric-paths.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('', 'get\nMovie', 'a|c', 'a:1|ms', '…', 'm'.repeat(300), 'İ'.repeat(64)),
)

describe('MetricPaths', () => {
  it('makes every name safe: four segments of at most 64 characters, and nothing that statsd reads as something else', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (app, group, method) => {
        const path = new MetricPaths().of('server', { app, group }, method)
        expect(path).to.match(/^server(\.[a-z0-9_-]{1,64}){3}$/)
      }),
    )
  })

  it('keeps different methods apart, whatever they are called, and gives the same one the same path', () => {
    const methods = fc.uniqueArray(fc.oneof(anyText, fc.constantFrom('getURL', 'getUrl', 'geturl', 'get.url')))
    fc.assert(
      fc.property(methods, (names) => {
        const paths = new MetricPaths()
        const of = (method: string): string => paths.of('client', { app: 'a', group: 'b' }, method)
        expect(new Set(names.map(of)).size).to.equal(names.length)
        expect(names.map(of)).to.deep.equal(names.map(of))
      }),
    )
  })

  it('gives the first of two that become the same the plain name, the other its hash', () => {
    const paths = new MetricPaths()
    const of = (method: string): string => paths.of('server', { app: 'movie', group: 'catalog' }, method)
    expect(of('getUrl')).to.equal('server.movie.catalog.geturl')
    expect(of('getURL')).to.match(/^server\.movie\.catalog\.geturl-[0-9a-f]{4}$/)
  })
})

describe('segment', () => {
  it('is never empty', () => {
    expect(segment('')).to.equal('_')
  })
})

describe('assertPrefix', () => {
  it('takes segments with dots between', () => {
    for (const prefix of ['kumquat', 'Team-1.rpc_eu']) expect(assertPrefix(prefix)).to.equal(prefix)
  })

  it('refuses what would break a line, with the value', () => {
    for (const prefix of ['', '.', 'a.', 'a b', 'a:1', 'a|c', 'a\n', 'x'.repeat(65)]) {
      expect(() => assertPrefix(prefix)).to.throw(TypeError, `statsd prefix ${JSON.stringify(prefix)}`)
    }
  })
})
