import type { ObservedEnd } from '@kumquat/core'
import { expect } from 'chai'
import { complaints, report } from '../../examples/demo/report.ts'
import { Tallying } from '../../examples/demo/tally.ts'

const STABLE = { address: '127.0.0.1:1', port: 1, pid: 11, gray: false, state: 'up' } as const
const GRAY = { address: '127.0.0.1:2', port: 2, pid: 12, gray: true, state: 'up' } as const
const WHERE = { providers: [STABLE, GRAY], registry: 'memory:', dashboard: 'http://127.0.0.1:9' }

describe('the report of the demo', () => {
  it('counts calls, and attempts by provider', () => {
    const tallying = new Tallying()
    tallying.ended(attempt(STABLE.address, 'unavailable', 1))
    tallying.ended(attempt(STABLE.address, 'ok', 2))
    tallying.ended(call('ok'))
    const { calls, failed, retries, providers } = report({ ...WHERE, tally: tallying.tally, elapsedMs: 1_000 })
    expect({ calls, failed, retries }).to.deep.equal({ calls: 1, failed: 0, retries: 1 })
    expect(providers.map(({ calls, refused }) => [calls, refused])).to.deep.equal([
      [1, 1],
      [0, 0],
    ])
  })

  it('gives percentiles of whole calls, and none without calls', () => {
    const tallying = new Tallying()
    expect(report({ ...WHERE, tally: tallying.tally, elapsedMs: 0 }).latencyMs.p99).to.equal(null)
    for (let i = 0; i < 100; i++) tallying.ended({ ...call('ok'), durationMs: i < 98 ? 1 : 100 })
    const { p50, p99 } = report({ ...WHERE, tally: tallying.tally, elapsedMs: 1_000 }).latencyMs
    expect(p50).to.be.closeTo(1, 0.05)
    expect(p99).to.be.closeTo(100, 5)
  })

  it('has nothing to complain of when the stable one was called and the gray one was not', () => {
    expect(complaints(reportOf({ [STABLE.address]: 7 }))).to.deep.equal([])
  })

  it('complains of a stable provider that was never called', () => {
    expect(complaints(reportOf({}))).to.deep.equal([`the stable provider ${STABLE.address} was never called`])
  })

  it('complains of a gray provider that was called', () => {
    const [sentence, ...more] = complaints(reportOf({ [STABLE.address]: 7, [GRAY.address]: 1 }))
    expect(sentence).to.match(/the gray provider 127\.0\.0\.1:2 answered 1 calls/)
    expect(more).to.deep.equal([])
  })

  it('complains of failed calls, with their codes', () => {
    const tallying = new Tallying()
    tallying.ended(attempt(STABLE.address, 'ok', 1))
    tallying.ended(call('ok'))
    tallying.ended(call('unavailable'))
    const failing = report({ ...WHERE, tally: tallying.tally, elapsedMs: 1_000 })
    expect(complaints(failing)).to.deep.equal(['1 of 2 calls failed: {"unavailable":1}'])
  })
})

const COMMON = { service: { app: 'movie', group: 'catalog' }, method: 'm', lane: 'stable', caller: 'x', durationMs: 1 }

const call = (code: ObservedEnd['code']): ObservedEnd => ({ ...COMMON, kind: 'call', code })

const attempt = (peer: string, code: ObservedEnd['code'], attempt: number): ObservedEnd => ({
  ...COMMON,
  kind: 'attempt',
  code,
  peer,
  attempt,
})

function reportOf(answered: Readonly<Record<string, number>>) {
  const tallying = new Tallying()
  for (const [address, count] of Object.entries(answered)) {
    for (let i = 0; i < count; i++) tallying.ended(attempt(address, 'ok', 1))
  }
  return report({ ...WHERE, tally: tallying.tally, elapsedMs: 1_000 })
}
