import { type Clock, systemClock } from '@kumquat/core'
import { dashboard } from '@kumquat/monitor'
import { catalog, describeUrl, discovery } from '@kumquat/registry'
import { MOVIES } from '../movie/serve.ts'
import { startCaller } from './caller.ts'
import { exitDuty } from './exit-duty.ts'
import { startFleet } from './fleet.ts'
import { introduce } from './introduce.ts'
import { openAnswering } from './open-answering.ts'
import type { DemoOptions } from './options.ts'
import type { ProviderView } from './provider-view.ts'
import { registryHome } from './registry-home.ts'
import { type Report, report } from './report.ts'
import type { Screen } from './screen.ts'
import { watchRun } from './watch-run.ts'

export interface DemoSurroundings {
  readonly screen: Screen
  /** Ends the demo in good order. */
  readonly signal: AbortSignal
  /** Default: the real one. */
  readonly clock?: Clock
}

/**
 * Runs the demo from its first process to its last. What it started and wrote is gone when this settles, in the reverse
 * order: the consumer, the providers, the dashboard, the registry.
 */
export async function demo(
  { registry: url, providers: count, rate, seconds = Number.POSITIVE_INFINITY, port }: DemoOptions,
  { screen, signal, clock = systemClock }: DemoSurroundings,
): Promise<Report> {
  using duty = exitDuty()
  await using home = await registryHome(url)
  duty.add(home.removeNow)
  await using store = await openAnswering(home.url, { clock, signal })
  await using services = await catalog(store)
  await using registered = await discovery(store).watch(MOVIES)
  const registry = describeUrl(home.url)
  await using page = await dashboard({ registryUrl: registry, session: store.session, catalog: services, port })
  await using fleet = startFleet({ registry: home.url, providers: count, clock })
  duty.add(fleet.kill)
  await fleet.complete(registered, signal)

  const providers = (): readonly ProviderView[] => fleet.views(registered.current.records)
  const known = { registry, dashboard: page.url }
  introduce({ ...known, fleet, providers: providers() }, screen)
  await using caller = await startCaller({ registry: home.url, rate, clock, signal })
  duty.add(caller.kill)
  await watchRun({ ...known, caller, providers }, { screen, clock, signal, seconds })
  return report({ ...known, ...(await caller.finish()), providers: providers() })
}
