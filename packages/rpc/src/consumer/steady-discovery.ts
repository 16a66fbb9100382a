import type { Clock, Logger, Rng } from '@kumquat/core'
import {
  type Discovery,
  type DiscoveryDecorator,
  discovery,
  lastKnownGood,
  type Probe,
  Prober,
  shrinkProtection,
  snapshotOnDisk,
  stabiliser,
} from '@kumquat/registry'
import type { RegistryAccess } from '../registry-access.ts'

export interface SteadyDiscoveryOptions {
  readonly access: RegistryAccess
  /** Looks at suspects. Absent: nobody does. */
  readonly probe: Probe | undefined
  /** Where snapshots are kept. Absent: nowhere. */
  readonly snapshots: string | undefined
  readonly clock: Clock
  readonly rng: Rng
  readonly logger: Logger
}

/** A discovery that cannot empty itself: docs/decisions/0008-the-registry-is-a-hint.md. */
export function steadyDiscovery({ access, probe, snapshots, clock, rng, logger }: SteadyDiscoveryOptions): Discovery {
  const { store, name } = access
  const prober = probe && new Prober({ probe, clock, rng })
  const looks = { clock, rng, ...(prober && { prober }) }
  const decorators: readonly DiscoveryDecorator[] = [
    // Next to the registry: nobody further out takes its silence for an answer.
    lastKnownGood({ session: store.session, name, clock, logger }),
    // Over that: what is written down is what the registry said, not what we made of it.
    ...(snapshots === undefined ? [] : [snapshotOnDisk({ folder: snapshots, registry: name, clock, logger })]),
    // Before the grace of the next: many that vanish at once say more of the registry than of themselves.
    shrinkProtection(looks),
    // Outermost: whatever changed further in, who comes is there at once, and who vanishes is looked at first.
    stabiliser(looks),
  ]
  return decorators.reduce((next, decorate) => decorate(next), discovery(store, { logger, clock }))
}
