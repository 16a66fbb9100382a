import { expect } from 'chai'
import { lastingSignal } from './lasting-signal.ts'
import { verdict } from './verdict.ts'

describe('calls with one lasting signal', function () {
  this.timeout(180_000)
  for (const [carrier, calls] of [
    ['memory', 50_000],
    ['http', 5_000],
  ] as const) {
    it(`leave nothing behind, ${calls} of them over ${carrier}`, async () => {
      expect(verdict(await lastingSignal({ carrier, calls }))).to.deep.equal([])
    })
  }

  it('would be found out', () => {
    const left = { carrier: 'http', calls: 1_000, ends: { ok: 970 }, listeners: 1, grown: 1e8, sockets: 2 } as const
    expect(verdict(left)).to.deep.equal([
      '970 of 1000 calls ended',
      '1 listeners are left on the signal',
      'the heap grew by 97656 KiB',
      '2 sockets are left open',
    ])
  })
})
