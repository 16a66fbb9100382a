import {
  type Clock,
  type Logger,
  type Observer,
  type Reply,
  RpcError,
  type Service,
  type Streamer,
} from '@kumquat/core'
import { streamStopped } from '../streaming/endings.ts'
import type { ListenOptions, Readiness, ServedCall, ServedStream } from '../transport.ts'
import { bounded } from '../waiting/bounded.ts'
import { Deadlines } from '../waiting/deadlines.ts'
import type { Arrival } from './arrival.ts'
import type { CallLimits } from './http-listen-options.ts'
import { Introductions } from './introductions.ts'
import { type LoadGauge, loadGauge } from './load-gauge.ts'

/** What all exchanges of a listener share. */
export interface Exchanges {
  readonly maxArguments: number
  /** Greater answers are compressed for who accepts it. */
  readonly compressFromBytes: number
  readonly observer: Observer | undefined
  readonly clock: Clock
  /** Of calls under way. */
  readonly deadlines: Deadlines
  readonly gauge: LoadGauge
  readonly introductions: Introductions
  readonly logger: Logger
  /** Refuses everything until its provider has started. */
  serve: Service<ServedCall, Reply>
  /** Absent where nothing streams. */
  serveStream: Streamer<ServedStream> | undefined
  /** Streams under way. */
  readonly streams: Set<Arrival>
  /** Empty until its provider has started. */
  instance: string
  /** Where the provider stands. */
  readiness: () => Readiness
  /** Whether the server is our own: with others in it, answers pass their hooks. */
  readonly isAlone: boolean
  /** Answers tell callers to look elsewhere. */
  leaving: boolean
  /** Calls are refused. */
  refusing: boolean
  /** When the last call came in. */
  lastCallAt: number
  /** Requests not yet answered to the last byte. */
  inFlight: number
  /** Called when the last of them is. */
  onIdle: () => void
}

/** Those of a provider that may be still to start. */
export function exchanges(
  parts: Pick<ListenOptions, 'clock' | 'logger' | 'observer'> &
    Partial<Pick<ListenOptions, 'serve' | 'serveStream' | 'instance' | 'readiness'>>,
  { maxArguments, compressFromBytes }: Pick<Required<CallLimits>, 'maxArguments' | 'compressFromBytes'>,
  isAlone = false,
): Exchanges {
  const { clock, logger, observer, serve = notYet, serveStream, instance = '' } = parts
  const { readiness = standing(parts.serve) } = parts
  return {
    ...{ maxArguments, compressFromBytes, observer, clock, logger, serve, serveStream, instance, readiness },
    deadlines: new Deadlines(clock),
    streams: new Set(),
    gauge: loadGauge(clock),
    introductions: new Introductions(),
    isAlone,
    leaving: false,
    refusing: false,
    lastCallAt: clock.now(),
    inFlight: 0,
    onIdle: () => {},
  }
}

/** Resolves when no request is in flight. */
export function idle(shared: Exchanges): Promise<void> {
  return new Promise((resolve) => {
    shared.onIdle = resolve
    if (shared.inFlight === 0) resolve()
  })
}

/**
 * Waits for requests in flight, at most this long; then tells the streams among them that it is over, and gives them time to
 * say so.
 */
export async function drained(shared: Exchanges, ms: number): Promise<void> {
  const { clock, streams } = shared
  const within = (bound: number): Promise<void> =>
    bounded(idle(shared), { clock, ms: bound, otherwise: () => undefined }).catch(() => {})
  await within(ms)
  if (streams.size === 0) return
  for (const arrival of streams) arrival.abandon(streamStopped())
  await within(LAST_WORDS_MS)
}

const LAST_WORDS_MS = 500

const notYet: Service<ServedCall, Reply> = () =>
  Promise.reject(
    new RpcError('unavailable', 'this provider has not started yet: ask another, or come again', {
      outcome: 'not-run',
      retryable: true,
    }),
  )

/** Of a provider that says nothing of it: with nobody to serve calls yet, it is still to start. */
const standing = (serve: unknown) => (): Readiness => (serve === undefined ? 'starting' : 'ready')
