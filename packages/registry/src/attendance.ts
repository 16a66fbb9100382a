import { hostname } from 'node:os'
import {
  type Clock,
  type Held,
  type Logger,
  type ServiceKey,
  type Store,
  silent,
  systemClock,
  uniqueId,
} from '@kumquat/core'
import { printable } from './printable.ts'
import { consumerPath } from './tree.ts'

/** What a consumer says of itself in the registry. */
export interface ConsumerRecord {
  /** The calling app; empty when it does not say. */
  readonly app: string
  /** Of the app; empty when unknown. */
  readonly version: string
  /** Wall clock of the consumer, in ms since 1970. */
  readonly since: number
  /** The revision of rules and overrides that it has applied; empty when it knows of none. */
  readonly rules: string
}

export interface AttendanceOptions {
  readonly clock?: Clock
  readonly logger?: Logger
}

/**
 * Shows in the registry that somebody consumes `service`, until disposed. Works in the background and never fails:
 * while the registry does not take it, it is tried again each 10 s.
 */
export function attend(
  store: Store,
  service: ServiceKey,
  record: ConsumerRecord,
  { clock = systemClock, logger = silent }: AttendanceOptions = {},
): AsyncDisposable {
  const path = consumerPath(service, `${hostLabel(hostname())}:${process.pid}-${uniqueId().slice(0, 8)}`)
  const value = JSON.stringify({ schema: 1, ...record })
  let ended = false
  let held: Held | undefined
  let retry: Disposable | undefined

  const begin = async (): Promise<void> => {
    try {
      held = await store.hold(path, value)
    } catch (error) {
      logger.debug({ path, error }, `could not register as a consumer at ${printable(path)} yet; trying again`)
      if (!ended && store.session.current !== 'closed') retry = clock.after(RETRY_MS, () => void begin())
      return
    }
    if (ended) await held[Symbol.asyncDispose]()
  }
  void begin()
  return {
    async [Symbol.asyncDispose]() {
      ended = true
      retry?.[Symbol.dispose]()
      const withdrawn = held?.[Symbol.asyncDispose]()
      // A registry that is away hears of it when it is back, or of the end of our session.
      if (store.session.current === 'connected') await withdrawn
    },
  }
}

const RETRY_MS = 10_000

/** A host's name as a part of a path. */
const hostLabel = (name: string): string => name.replace(/[^A-Za-z0-9._-]/g, '-').slice(0, 128) || 'unknown'
