import {
  type Balancer,
  chain,
  cluster,
  directory,
  failfast,
  ketama,
  leastLoaded,
  maglev,
  p2c,
  pending,
  random,
  rendezvous,
  slowStart,
  type Verdict,
  weightedRoundRobin,
} from '@kumquat/cluster'
import { Cell, type ProviderRecord, type Rng, seededRng } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call, record, wire } from '../parts.ts'

const WEIGHTED: Readonly<Record<string, (rng: Rng) => Balancer>> = {
  weightedRoundRobin: (rng) => weightedRoundRobin({ rng }),
  random: (rng) => random({ rng }),
  leastLoaded: (rng) => leastLoaded({ rng }),
  p2c: (rng) => p2c({ load: pending, rng }),
  ketama: () => ketama(),
  maglev: () => maglev(),
  rendezvous: () => rendezvous(),
}

describe('a peer on the way up', () => {
  for (const [name, balancer] of Object.entries(WEIGHTED)) {
    it(`gets its growing share from ${name}`, async () => {
      const clock = handClock()
      const line = wire()
      const first = record(1).id
      let calls = 0
      let got = 0
      line.answer = async (id) => {
        if (id === first) got++
        return { value: id }
      }
      const records = new Cell<readonly ProviderRecord[]>([1, 2, 3, 4].map((n) => record(n)))
      const verdicts = new Cell<readonly Verdict[]>([
        { id: first, policy: 'test', state: 'ejected', reason: 'because', since: 0 },
      ])
      const peers = slowStart(directory({ records, connect: line.connect }), { verdicts, clock })
      const balance = balancer(seededRng(1))
      const invoke = cluster({ peers, route: chain(), balance, strategy: failfast() })
      /** Its share of 2 000 calls, in bursts of 10 under way at once. */
      const share = async (): Promise<number> => {
        got = 0
        for (let i = 0; i < 200; i++) {
          await Promise.all(Array.from({ length: 10 }, () => invoke(call({ args: [`key ${calls++}`] }))))
        }
        return got / 2_000
      }
      verdicts.set([])
      const low = await share()
      await clock.advance(5_000)
      const half = await share()
      await clock.advance(5_000)
      const full = await share()
      // A tenth, a half and the whole of a weight among three others: 3, 14 and 25 %.
      expect(low).to.be.within(0.005, 0.1)
      expect(half).to.be.within(0.08, 0.2)
      expect(full).to.be.within(0.18, 0.35)
      expect(peers.current.map((peer) => peer.record.weight)).to.deep.equal([100, 100, 100, 100])
      peers[Symbol.dispose]()
    })
  }
})
