import { breaker } from '@kumquat/cluster'
import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel'
import CircuitBreaker from 'opossum'
import { type Contender, type Figure, measure } from './measure.ts'
import { callsOf, connect, recordsOf } from './peers.ts'

/** What a call costs that goes well, bare and through a breaker. */
export async function breakers(rounds: number): Promise<readonly Figure[]> {
  const [record] = recordsOf(1)
  const [call] = callsOf(1)
  const { invoke } = connect(record!)
  using health = breaker()()
  const watched = health.connect(connect)(record!)
  const opossum = new CircuitBreaker(invoke, { timeout: false })
  const cockatiel = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) })
  const through = (name: string, once: () => Promise<unknown>): Contender => ({
    name,
    async run(times) {
      for (let i = 0; i < times; i++) await once()
    },
  })
  try {
    return await measure(
      [
        through('bare', () => invoke(call!)),
        through('kumquat', () => watched.invoke(call!)),
        through('npm opossum', () => opossum.fire(call!)),
        through('npm cockatiel', () => cockatiel.execute(() => invoke(call!))),
      ],
      rounds,
    )
  } finally {
    opossum.shutdown()
  }
}
