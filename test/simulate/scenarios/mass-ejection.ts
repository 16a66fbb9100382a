import {
  breaker,
  chain,
  cluster,
  directory,
  failfast,
  type Health,
  outlierEjection,
  p2c,
  panic,
  peakEwma,
} from '@kumquat/cluster'
import { type ClientParts, exponential, type Report, simulation } from '@kumquat/cluster/simulation'
import type { Invoker } from '@kumquat/core'
import { atLeast, atMost, exactly, figure, type Scenario } from '../scenario.ts'

const SERVERS = 20
const FAILING = 12

/**
 * Twelve of twenty servers fail nine of ten calls for half a minute. Ejection stops at its share; and when most of them
 * are said to be sick nobody is believed, or the eight that are left would get more than they can carry.
 */
export const massEjection: Scenario = {
  name: 'mass-ejection',
  async run(seed) {
    const figures = []
    for (const maxEjectedPercent of [10, 30, 50]) {
      let ejected = 0
      await mass(seed, (parts) => {
        const health = outlierEjection({ ...parts, maxEjectedPercent })()
        health.verdicts.subscribe((verdicts) => {
          ejected = Math.max(ejected, verdicts.length)
        })
        return client(parts, health)
      })
      const subject = `outlier ejection, at most ${maxEjectedPercent} %`
      figures.push(
        figure(subject, 'ejected at a time', ejected, atMost((SERVERS * maxEjectedPercent) / 100)),
        figure(subject, 'ejected at all', ejected, atLeast(1)),
      )
    }
    let begins = 0
    let ends = 0
    const calm = await mass(seed, (parts) =>
      client(parts, panic(breaker(parts), { ...parts, onChange: (panicking) => (panicking ? begins++ : ends++) })()),
    )
    const believing = await mass(seed, (parts) => client(parts, breaker(parts)()))
    return [
      ...figures,
      figure('panic', 'begins, at 4 clients', begins, atLeast(4)),
      figure('panic', 'still lasts a minute after, at 4 clients', begins - ends, exactly(0)),
      figure('panic', 'load of the busiest / fair', calm.spread.most, atMost(1.75)),
      figure('no panic', 'load of the busiest / fair', believing.spread.most),
    ]
  },
}

function client(parts: ClientParts, health: Health): Invoker {
  const peers = directory({ records: parts.records, connect: health.connect(parts.connect) })
  return cluster({ peers, route: chain(), balance: p2c({ ...parts, load: peakEwma(parts) }), strategy: failfast() })
}

async function mass(seed: number, make: (parts: ClientParts) => Invoker): Promise<Report> {
  const world = simulation({ seed, servers: SERVERS, server: { service: exponential(10) }, clients: 4, client: make })
  const load = { callsPerSecond: 0.7 * 16_000 }
  await world.run({ ...load, forMs: 5_000 })
  for (const server of world.servers.slice(0, FAILING)) server.fail(0.9)
  const report = await world.run({ ...load, forMs: 30_000 })
  for (const server of world.servers) server.fail(0)
  await world.run({ ...load, forMs: 60_000 })
  return report
}
