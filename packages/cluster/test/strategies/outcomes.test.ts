import {
  available,
  broadcast,
  failback,
  failfast,
  failover,
  failsafe,
  fanOut,
  forking,
  hedging,
  type MockRule,
  mock,
  type Strategy,
  zoneAware,
} from '@kumquat/cluster'
import { Cell, type Clock, type Outcome, RpcError } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

/**
 * What becomes of a call at three peers that all fail alike: how many are asked, and what the caller gets: `error` is the
 * very failure, `failure of all` one error for several, `nothing` the value undefined, `later` nothing now and retries.
 */
type Told = 'error' | 'failure of all' | 'nothing' | 'later' | 'spare'
type Fate = readonly [asked: number, told: Told]

const KINDS = [
  'not-run, idempotent',
  'not-run, not idempotent',
  'unknown, idempotent',
  'unknown, not idempotent',
  'ran, idempotent',
  'ran, not idempotent',
  'ran and retryable, idempotent',
  'ran and retryable, not idempotent',
  'no RpcError, idempotent',
  'not-run as a retry, idempotent',
] as const

const once: Fate = [1, 'error']
const all = (told: Told): readonly Fate[] => KINDS.map(() => [3, told])
const every = (fate: Fate): readonly Fate[] => KINDS.map(() => fate)

const rule = (evenIfRan: boolean): Cell<MockRule | undefined> =>
  new Cell<MockRule | undefined>({ when: 'fail', answer: { value: 'spare' }, evenIfRan })

// biome-ignore format: a table, in the order of KINDS
const TABLE: Readonly<Record<string, readonly [make: (clock: Clock) => Strategy, fates: readonly Fate[]]>> = {
  failfast: [() => failfast(), every(once)],
  available: [() => available(), every(once)],
  zoneAware: [() => zoneAware({ zone: 'a' }), every(once)],
  failsafe: [() => failsafe(), every([1, 'nothing'])],
  failover: [
    (clock) => failover({ clock }),
    [[3, 'error'], [3, 'error'], [3, 'error'], once, once, once, [3, 'error'], [3, 'error'], once, once],
  ],
  hedging: [
    (clock) => hedging({ clock, hedges: 2 }),
    [[3, 'error'], [3, 'error'], [3, 'error'], once, once, once, [3, 'error'], [3, 'error'], once, once],
  ],
  forking: [
    () => forking({ forks: 3 }),
    [[3, 'error'], once, [3, 'error'], once, [3, 'error'], once, [3, 'error'], once, [3, 'error'], once],
  ],
  failback: [
    (clock) => failback({ clock }),
    [[4, 'later'], [4, 'later'], [4, 'later'], once, once, once, [4, 'later'], [4, 'later'], once, once],
  ],
  broadcast: [() => broadcast(), all('failure of all')],
  fanOut: [() => fanOut(), all('failure of all')],
  'mock on failure': [
    () => mock(rule(false), failfast()),
    [[1, 'spare'], [1, 'spare'], [1, 'spare'], [1, 'spare'], once, once, once, once, once, [1, 'spare']],
  ],
  'mock on any failure': [
    () => mock(rule(true), failfast()),
    [...Array.from({ length: 8 }, (): Fate => [1, 'spare']), once, [1, 'spare']],
  ],
}

function errorOf(kind: (typeof KINDS)[number]): Error {
  const [what] = kind.split(',') as [string]
  if (what === 'no RpcError') return new Error('bug')
  if (what === 'ran and retryable') return failing('ran', { retryable: true })
  return failing(what.replace(' as a retry', '') as Outcome)
}

for (const [name, [make, fates]] of Object.entries(TABLE)) {
  describe(`${name}, when every peer fails`, () => {
    for (const [index, kind] of KINDS.entries()) {
      const [asked, told] = fates[index]!
      it(`asks ${asked} and tells: ${told}, for ${kind}`, async () => {
        const clock = handClock()
        const theatre = stage(3, make(clock))
        const errors: unknown[] = []
        theatre.onAttempt = ({ fail }) => {
          const error = errorOf(kind)
          errors.push(error)
          fail(error)
        }
        const outcome = theatre.outcomeOf(
          call({ idempotent: !kind.endsWith('not idempotent'), ...(kind.includes('as a retry') && { attempt: 2 }) }),
        )
        await clock.advance(100_000)
        const got = await outcome
        expect(theatre.attempts).to.have.length(asked)
        if (told === 'error') expect(errors).to.include(got)
        else if (told === 'failure of all') expect((got as RpcError).cause).to.equal(errors[0])
        else expect(got).to.deep.equal({ value: told === 'spare' ? 'spare' : undefined })
        expect(RpcError.is(got) && got.message === 'bug').to.equal(false)
        expect(clock.pending).to.equal(0)
      })
    }
  })
}
