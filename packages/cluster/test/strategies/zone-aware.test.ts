import {
  byZone,
  chain,
  cluster,
  failover,
  type Peer,
  roundRobin,
  type ZoneAwareOptions,
  zoneAware,
} from '@kumquat/cluster'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

/** Peers in these zones, and the zones of those that `times` calls reach. `!` before a zone: its peer is closed. */
async function reached(zones: readonly string[], options: ZoneAwareOptions, times = 4): Promise<readonly string[]> {
  const theatre = stage(zones.length, zoneAware(options), (n) => ({ zone: zones[n]!.replace('!', '') }))
  theatre.live.set(
    theatre.live.current.map((peer, n): Peer => (zones[n]!.startsWith('!') ? { ...peer, status: 'closed' } : peer)),
  )
  const zoneOf = new Map(theatre.live.current.map(({ record }) => [record.id, record.zone]))
  theatre.onAttempt = ({ id, answer }) => answer(zoneOf.get(id))
  const answers: string[] = []
  for (let i = 0; i < times; i++) answers.push(String((await theatre.invoke(call())).value))
  return answers
}

describe('zoneAware', () => {
  it('stays in its own zone while a peer there is open', async () => {
    expect(await reached(['a', 'b', 'c'], { zone: 'b' })).to.deep.equal(['b', 'b', 'b', 'b'])
    expect(await reached(['a', '!b', 'b'], { zone: 'b' })).to.deep.equal(['b', 'b', 'b', 'b'])
  })

  it('puts preferred zones before its own, in their order', async () => {
    expect(await reached(['a', 'b', 'c'], { zone: 'b', preferred: ['c', 'a'] }, 2)).to.deep.equal(['c', 'c'])
    expect(await reached(['a', 'b', '!c'], { zone: 'b', preferred: ['c', 'a'] }, 2)).to.deep.equal(['a', 'a'])
    expect(await reached(['!a', 'b', '!c'], { zone: 'b', preferred: ['c', 'a'] }, 2)).to.deep.equal(['b', 'b'])
  })

  it('goes by the balancer over all when none of those is open, or there', async () => {
    expect(new Set(await reached(['a', '!b', 'c'], { zone: 'b' }))).to.deep.equal(new Set(['a', 'c']))
    expect(await reached(['a', 'c'], { zone: 'b' })).to.have.members(['a', 'a', 'c', 'c'])
    expect(await reached(['!a', '!b'], { zone: 'b' })).to.have.members(['a', 'a', 'b', 'b'])
  })

  it('has no zone by default: a peer that names none is not near', async () => {
    expect(await reached(['', 'b'], {})).to.have.members(['', '', 'b', 'b'])
    expect(await reached(['', 'b'], { preferred: [''] })).to.have.members(['', '', 'b', 'b'])
  })

  it('divides the calls of a zone with many peers among them', async () => {
    const theatre = stage(4, zoneAware({ zone: 'a' }), (n) => ({ zone: n % 2 === 0 ? 'a' : 'b' }))
    theatre.onAttempt = ({ id, answer }) => answer(id)
    for (let i = 0; i < 4; i++) await theatre.invoke(call())
    const [first, , third] = theatre.live.current
    expect(theatre.attempts.map(({ id }) => id)).to.have.members(
      [first, first, third, third].map((peer) => peer!.record.id),
    )
  })

  it('goes on to the next zone after a failure, with failover', async () => {
    const strategy = zoneAware({ zone: 'b', preferred: ['c'], strategy: failover({ retries: 3, backoff: () => 0 }) })
    const theatre = stage(4, strategy, (n) => ({ zone: ['a', 'b', 'c', 'c'][n]! }))
    theatre.onAttempt = ({ fail }) => fail(failing('not-run'))
    await theatre.outcomeOf(call())
    const zoneOf = new Map(theatre.live.current.map(({ record }) => [record.id, record.zone]))
    expect(theatre.attempts.map(({ id }) => zoneOf.get(id))).to.deep.equal(['c', 'c', 'b', 'a'])
  })

  it('chooses among zones that are clusters themselves, and leaves a zone only when nobody in it is open', async () => {
    const theatre = stage(4, failover(), (n) => ({ zone: n < 2 ? 'a' : 'b' }))
    theatre.onAttempt = ({ id, answer }) => answer(id)
    const within = { route: chain(), balance: roundRobin({ rng: () => 0 }) }
    const zones = byZone(theatre.live, { within: (peers) => cluster({ peers, ...within, strategy: failover() }) })
    const invoke = cluster({ peers: zones, ...within, strategy: zoneAware({ zone: 'b' }) })
    const reach = async (): Promise<readonly number[]> => {
      const ids = theatre.live.current.map(({ record }) => record.id)
      const reached: number[] = []
      for (let i = 0; i < 4; i++) reached.push(ids.indexOf(String((await invoke(call())).value)))
      return reached
    }
    const close = (...closed: readonly number[]): void => {
      theatre.live.set(
        theatre.live.current.map((peer, n) => (closed.includes(n) ? { ...peer, status: 'closed' } : peer)),
      )
    }
    expect(await reach()).to.have.members([2, 3, 2, 3])
    close(2)
    expect(await reach()).to.deep.equal([3, 3, 3, 3])
    close(2, 3)
    expect(await reach()).to.have.members([0, 1, 0, 1])
    await zones[Symbol.asyncDispose]()
  })

  it('makes one attempt unless told otherwise, and fails as the cluster does when nobody is there', async () => {
    const theatre = stage(2, zoneAware({ zone: 'a' }))
    theatre.onAttempt = ({ fail }) => fail(failing('not-run'))
    await theatre.outcomeOf(call())
    expect(theatre.attempts).to.have.length(1)
    expect(await stage(0, zoneAware({ zone: 'a' })).outcomeOf(call())).to.include({ code: 'unavailable' })
  })
})
