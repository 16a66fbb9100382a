import {
  Cell,
  type Clock,
  type Live,
  type Logger,
  type SessionState,
  silent,
  systemClock,
  type Watch,
} from '@kumquat/core'
import type { DiscoveryDecorator } from '../discovery.ts'
import type { Sighting } from '../sighting.ts'

export interface LastKnownGoodOptions {
  /** The line to the registry. */
  readonly session: Live<SessionState>
  /** The registry, for people. Default "the registry". */
  readonly name?: string
  readonly clock?: Clock
  /** Told once when the registry goes away and once when it is back, however many services are watched. */
  readonly logger?: Logger
}

/**
 * While the registry is away its last word stands, as of the moment the line broke: its silence says nothing of the
 * providers. The source is then `memory`.
 */
export function lastKnownGood({
  session,
  name = 'the registry',
  clock = systemClock,
  logger = silent,
}: LastKnownGoodOptions): DiscoveryDecorator {
  let awaySince: number | undefined
  const isAway = (): boolean => {
    const away = session.current !== 'connected'
    if (away && awaySince === undefined) {
      awaySince = clock.epoch()
      logger.warn({ session: session.current }, `${name} is away: calls go on to the providers it last named`)
    } else if (!away && awaySince !== undefined) {
      logger.info({ awayMs: clock.epoch() - awaySince }, `${name} is back`)
      awaySince = undefined
    }
    return away
  }
  return (next) => ({
    async watch(service) {
      const inner = await next.watch(service)
      const now = (): Sighting =>
        isAway() ? { ...inner.current, source: 'memory', asOf: awaySince ?? clock.epoch() } : inner.current
      return told(inner, session, now)
    },
  })
}

function told(inner: Watch<Sighting>, session: Live<SessionState>, now: () => Sighting): Watch<Sighting> {
  const sightings = new Cell(now())
  const subscriptions = [
    inner.subscribe(() => sightings.set(now())),
    session.subscribe(() => {
      const next = now()
      if (next.source !== sightings.current.source) sightings.set(next)
    }),
  ]
  return {
    get current() {
      return sightings.current
    },
    subscribe: (listener) => sightings.subscribe(listener),
    async [Symbol.asyncDispose]() {
      for (const subscription of subscriptions) subscription[Symbol.dispose]()
      await inner[Symbol.asyncDispose]()
    },
  }
}
