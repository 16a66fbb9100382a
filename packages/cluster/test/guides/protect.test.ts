import { readFile } from 'node:fs/promises'
import { Cell, type ProviderRecord, RpcError } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call, record, wire } from '../parts.ts'
import { protectedCluster } from './protected-cluster.ts'

const BURST = 10

function setup(size: number) {
  const clock = handClock()
  const line = wire()
  const records = Array.from({ length: size }, (_, n) => record(n + 1, { startedAt: 1, warmupMs: 60_000 }))
  const own = protectedCluster(new Cell<readonly ProviderRecord[]>(records), line.connect, clock)
  const down = new Set<string>()
  const asked = new Map<string, number>()
  line.answer = async (id) => {
    asked.set(id, (asked.get(id) ?? 0) + 1)
    if (down.has(id)) throw new RpcError('unavailable', 'down', { outcome: 'not-run' })
    return { value: id }
  }
  /** How many of so many calls, made in a row of bursts, fail. */
  const failures = async (count: number): Promise<number> => {
    asked.clear()
    let failed = 0
    for (let left = count; left > 0; left -= BURST) {
      const burst = Array.from({ length: Math.min(left, BURST) }, () => own.invoke(call()).catch(() => failed++))
      let done = false
      const all = Promise.all(burst).then(() => {
        done = true
      })
      // Retries wait on the clock.
      while (!done) await clock.advance(1)
      await all
    }
    return failed
  }
  return { clock, own, down, asked, failures, ids: records.map(({ id }) => id) }
}

describe('docs/guides/protect.md', () => {
  it('shows the very code that these tests compile and run', async () => {
    const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')
    const guide = await read('../../../../docs/guides/protect.md')
    const blocks = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
    expect(blocks).to.deep.equal([await read('protected-cluster.ts')])
  })

  it('spares a peer that is down, and lets it come back slowly', async () => {
    const { clock, own, down, asked, failures, ids } = setup(10)
    const [broken] = ids
    down.add(broken!)
    expect(await failures(200)).to.equal(0)
    expect(await failures(100)).to.equal(0)
    expect(asked.get(broken!)).to.equal(undefined)
    expect(own.peers.current.find(({ record: { id } }) => id === broken)?.status).to.equal('closed')
    expect(own.health.verdicts.current.map(({ policy }) => policy)).to.have.members(['breaker', 'outlier ejection'])
    down.clear()
    await clock.advance(40_000)
    expect(await failures(300)).to.equal(0)
    expect(own.health.verdicts.current).to.deep.equal([])
    expect(own.peers.current.find(({ record: { id } }) => id === broken)?.record.weight).to.equal(10)
    await clock.advance(30_000)
    expect(own.peers.current.every((peer) => peer.record.weight === 100)).to.equal(true)
    await own[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
  })

  it('uses all after an outage of all, from the first answer on', async () => {
    const { clock, own, down, asked, failures, ids } = setup(4)
    for (const id of ids) down.add(id)
    expect(await failures(200)).to.equal(200)
    const sent = [...asked.values()].reduce((sum, count) => sum + count, 0)
    expect(sent, 'held back by the throttle').to.be.below(250)
    expect(own.peers.current.map(({ status }) => status)).to.deep.equal(['open', 'open', 'open', 'open'])
    down.clear()
    await clock.advance(10_000)
    expect(await failures(200)).to.equal(0)
    expect([...asked.keys()]).to.have.members(ids)
    await own[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
  })
})
