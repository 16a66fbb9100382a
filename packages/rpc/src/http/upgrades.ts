import type { Server } from 'node:http'
import type { ListenOptions } from '../transport.ts'
import type { Exchanges } from './exchanges.ts'

/** Connections of a listener that have left HTTP for another protocol. */
export interface Upgrades {
  /** Tells every caller to look elsewhere. */
  leave(): void
  /** Tells every caller that further calls are refused: who has none under way closes. */
  refuse(): void
  /** Cuts all of them. */
  destroy(): void
}

/** A protocol that connections may be upgraded to. */
export interface UpgradeTo {
  /** As the record names it. */
  readonly transport: string
  readonly take: (server: Server, shared: Exchanges, given: UpgradesGiven) => Upgrades
}

export interface UpgradesGiven extends ListenOptions {
  /** Whether who has no certificate that is believed is to be refused. */
  readonly certifiedOnly: boolean
}
