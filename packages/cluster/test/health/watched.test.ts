import { breaker, type HealthPolicy, healthChain, outlierEjection } from '@kumquat/cluster'
import { Cell, type Clock } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import type { Verdict } from '../../src/health/health.ts'
import { watched } from '../../src/health/watched.ts'
import { call, record, wire } from '../parts.ts'
import { times, watchedLines } from './watched-lines.ts'

/** A policy whose watchers write what they are told to a log. */
function logging(
  name: string,
  log: string[],
  clock: Clock,
  objecting: Set<string> = new Set(),
  lately?: () => number,
): HealthPolicy {
  return () => {
    let begun = 0
    return watched({
      verdicts: new Cell<readonly Verdict[]>([]),
      clock,
      ...(lately !== undefined && { lately }),
      judge: (error) => (error === name ? 'fails' : 'nothing'),
      watch: ({ id }) => ({
        get objects() {
          return objecting.has(name)
        },
        began() {
          begun++
          log.push(`${name} began`)
          return begun * 10
        },
        ended: (mark, now, testimony) => void log.push(`${name} ended ${mark} at ${now}: ${testimony}`),
        [Symbol.dispose]: () => void log.push(`${name} left ${id}`),
      }),
    })
  }
}

describe('watched', () => {
  it('tells each watcher of a chain of the calls with its own mark, and by its own judge', async () => {
    const log: string[] = []
    const clock = handClock({ startMs: 7 })
    const line = wire()
    const health = healthChain(logging('a', log, clock), logging('b', log, clock))()
    const endpoint = health.connect(line.connect)(record(1))
    await endpoint.invoke(call())
    line.answer = () => Promise.reject('b')
    expect(await endpoint.invoke(call()).catch((error: unknown) => error)).to.equal('b')
    expect(log).to.deep.equal([
      'a began',
      'b began',
      'b ended 10 at 7: works',
      'a ended 10 at 7: works',
      'a began',
      'b began',
      'b ended 20 at 7: fails',
      'a ended 20 at 7: nothing',
    ])
  })

  it('looks at the clock once for all watchers of a chain, and once for each of several', async () => {
    const looks = async (...policies: readonly HealthPolicy[]): Promise<number> => {
      seen = 0
      await healthChain(...policies)()
        .connect(wire().connect)(record(1))
        .invoke(call())
      return seen
    }
    let seen = 0
    const hand = handClock()
    const clock: Clock = {
      ...hand,
      now: () => {
        seen++
        return hand.now()
      },
    }
    expect(await looks(logging('a', [], clock), logging('b', [], clock), logging('c', [], clock))).to.equal(1)
    expect(await looks(logging('a', [], clock), healthChain(logging('b', [], clock)))).to.equal(2)
    expect(await looks(logging('a', [], clock), logging('b', [], handClock()), logging('c', [], clock))).to.equal(2)
  })

  it('asks for the time of a success where one alone watches and has a time of its own, else the clock', async () => {
    const log: string[] = []
    const clock = handClock({ startMs: 7 })
    const line = wire()
    const alone = logging('a', log, clock, new Set(), () => 3)
    const endpoint = alone().connect(line.connect)(record(1))
    await endpoint.invoke(call())
    line.answer = () => Promise.reject('a')
    expect(await endpoint.invoke(call()).catch((error: unknown) => error)).to.equal('a')
    line.answer = () => Promise.resolve({ value: 1 })
    await healthChain(alone, logging('b', log, clock))()
      .connect(line.connect)(record(1))
      .invoke(call())
    expect(log.filter((entry) => entry.includes('ended'))).to.deep.equal([
      'a ended 10 at 3: works',
      'a ended 20 at 7: fails',
      'b ended 10 at 7: works',
      'a ended 10 at 7: works',
    ])
  })

  it('is closed while any watcher objects', () => {
    const objecting = new Set<string>()
    const clock = handClock()
    const line = wire()
    const health = healthChain(logging('a', [], clock, objecting), logging('b', [], clock, objecting))()
    const endpoint = health.connect(line.connect)(record(1))
    const statuses = [['a'], ['b'], ['a', 'b'], []].map((names) => {
      objecting.clear()
      for (const name of names) objecting.add(name)
      return endpoint.status
    })
    expect(statuses).to.deep.equal(['closed', 'closed', 'closed', 'open'])
  })

  it('lets each watcher go once, with the line or with the health', async () => {
    const log: string[] = []
    const clock = handClock()
    const health = healthChain(logging('a', log, clock), logging('b', log, clock))()
    const { connect, closed } = wire()
    const endpoints = [1, 2].map((n) => health.connect(connect)(record(n)))
    await endpoints[0]![Symbol.asyncDispose]()
    expect(log).to.deep.equal([`a left ${record(1).id}`, `b left ${record(1).id}`])
    health[Symbol.dispose]()
    expect(log.slice(2)).to.deep.equal([`a left ${record(2).id}`, `b left ${record(2).id}`])
    for (const endpoint of endpoints) await endpoint[Symbol.asyncDispose]()
    expect(log).to.have.length(4)
    expect(closed).to.include(record(2).id)
  })

  it('gives watchers of different clocks the time of their own', async () => {
    const log: string[] = []
    const [early, late] = [handClock({ startMs: 1 }), handClock({ startMs: 2 })]
    const policies = [logging('a', log, early), logging('b', log, late), logging('c', log, late)]
    await healthChain(...policies)()
      .connect(wire().connect)(record(1))
      .invoke(call())
    expect(log.slice(3)).to.deep.equal(['c ended 10 at 2: works', 'b ended 10 at 2: works', 'a ended 10 at 1: works'])
  })

  it('chains with what does more than watch, in any order', async () => {
    const log: string[] = []
    const clock = handClock()
    const more: HealthPolicy = () => ({
      verdicts: new Cell<readonly Verdict[]>([]),
      connect: (next) => (one) => {
        const endpoint = next(one)
        return {
          ...endpoint,
          status: 'busy',
          invoke(invocation) {
            log.push('more')
            return endpoint.invoke(invocation)
          },
        }
      },
      [Symbol.dispose]: () => {},
    })
    const health = healthChain(more, logging('a', log, clock), more, more, logging('b', log, clock))()
    const endpoint = health.connect(wire().connect)(record(1))
    await endpoint.invoke(call())
    expect(log.slice(0, 5)).to.deep.equal(['more', 'a began', 'more', 'more', 'b began'])
    expect(endpoint.status).to.equal('busy')
  })

  it('lets a breaker and outlier ejection speak for themselves in one chain', async () => {
    const clock = handClock()
    const lines = watchedLines(healthChain(breaker({ clock, rng: () => 1 }), outlierEjection({ clock })))
    lines.open(1, 2)
    await lines.calls(1, ...times(5, 'fail'))
    expect(lines.verdicts().map(({ policy }) => policy)).to.have.members(['breaker', 'outlier ejection'])
    await clock.advance(5_000)
    expect([lines.status(1), lines.verdicts()[0]?.state]).to.deep.equal(['closed', 'half-open'])
    await clock.advance(25_000)
    expect(lines.status(1)).to.equal('open')
    await lines.calls(1, 'ok')
    expect(lines.verdicts()).to.deep.equal([])
  })
})
