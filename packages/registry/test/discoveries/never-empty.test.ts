import { handClock } from '@kumquat/core/testing'
import { type Discovery, type DiscoveryDecorator, shrinkProtection, stabiliser } from '@kumquat/registry'
import { expect } from 'chai'
import fc from 'fast-check'
import { hostsOf, scriptedDiscovery } from './scripted-discovery.ts'
import { scriptedProbe } from './scripted-probe.ts'

const HOSTS = ['a', 'b', 'c', 'd', 'e'] as const
const FINDINGS = ['alive', 'gone', 'silent'] as const

/** One thing that happens: the registry answers, with goodbyes; a provider lives or dies; time passes. */
const event = fc.oneof(
  fc.record({ listed: fc.subarray([...HOSTS]), departed: fc.subarray([...HOSTS]) }),
  fc.record({ host: fc.constantFrom(...HOSTS), finding: fc.constantFrom(...FINDINGS) }),
  fc.record({ ms: fc.nat(3_000) }),
)

describe('the decorators of discovery together', () => {
  const service = { app: 'movie', group: 'catalog' }
  const steady = async () => {
    const clock = handClock()
    const { prober, findings } = scriptedProbe(clock)
    const registry = scriptedDiscovery(...HOSTS)
    const decorators: DiscoveryDecorator[] = [shrinkProtection({ prober, clock }), stabiliser({ prober, clock })]
    const watch = await decorators.reduce<Discovery>((next, decorate) => decorate(next), registry).watch(service)
    return { clock, findings, registry, watch }
  }

  it('never drop a provider that answers and has said no goodbye, whatever the registry says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
        const { clock, findings, registry, watch } = await steady()
        /** Shown once, never found dead since, no goodbye. */
        const owed = new Set<string>(HOSTS)
        for (const one of events) {
          if ('ms' in one) await clock.advance(one.ms)
          else if ('finding' in one) {
            findings.set(one.host, one.finding)
            if (one.finding !== 'alive') owed.delete(one.host)
          } else {
            const departed = one.departed.filter((host) => !one.listed.includes(host))
            registry.says(one.listed, departed)
            for (const host of departed) owed.delete(host)
            for (const host of one.listed) if ((findings.get(host) ?? 'alive') === 'alive') owed.add(host)
          }
          expect(hostsOf(watch.current)).to.include.members([...owed])
        }
        await watch[Symbol.asyncDispose]()
      }),
      { numRuns: 100 },
    )
  })

  it('come to show exactly those that are listed or alive, and have not said goodbye', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 20 }), async (events) => {
        const { clock, findings, registry, watch } = await steady()
        for (const one of events) {
          if ('ms' in one) await clock.advance(one.ms)
          else if ('finding' in one) findings.set(one.host, one.finding)
          else
            registry.says(
              one.listed,
              one.departed.filter((host) => !one.listed.includes(host)),
            )
        }
        for (const host of HOSTS) findings.set(host, 'gone')
        registry.says(['b', 'd'])
        await clock.advance(10_000)
        expect(hostsOf(watch.current)).to.deep.equal(['b', 'd'])
        expect(watch.current.suspects.size).to.equal(0)
        await watch[Symbol.asyncDispose]()
        expect([registry.open, clock.pending]).to.deep.equal([0, 0])
      }),
      { numRuns: 100 },
    )
  })
})
