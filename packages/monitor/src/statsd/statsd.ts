import {
  type Clock,
  type ObservedEnd,
  type ObservedStart,
  type Observer,
  type ServiceKey,
  sleep,
  systemClock,
} from '@kumquat/core'
import StatsDClient from 'statsd-client'
import { assertPrefix } from './metric-paths.ts'
import { Packets } from './packets.ts'
import { Tally } from './tally.ts'

export interface StatsdOptions {
  /** Name or address of the statsd server; a name is looked up once. Default `127.0.0.1`. */
  readonly host?: string
  /** Its UDP port. Default 8125. */
  readonly port?: number
  /** First part of all names: segments of letters, digits, `_`, `-`, with dots between. Default `kumquat`. */
  readonly prefix?: string
  /** Time between two flushes of counters and gauges, in ms, 10 to 60 000. Default 1 000. */
  readonly flushEveryMs?: number
  /** Most bytes of a packet, 512 to 65 507. Default 1 432: one frame of Ethernet. */
  readonly maxPacketBytes?: number
  /** Most bytes that may wait for the network. Response times get half; then they are left out. Default 1 048 576. */
  readonly maxBufferedBytes?: number
  /** Upper bound of series, 100 or more. Default 2 000: then `_other`. */
  readonly maxSeries?: number
  /** Whether a method of a service gets names of its own; all others share `_other`. Default: any. */
  readonly knows?: (service: ServiceKey, method: string) => boolean
  readonly clock?: Clock
}

/** Sends what it observes to a statsd server. Disposing it flushes; what is observed after that is not sent. */
export interface StatsdSink extends Observer, AsyncDisposable {
  /** Sends what has been counted so far; resolves when the operating system has it, or it has failed. */
  flush(): Promise<void>
  /** Lines left out for lack of room, or given up at the end. */
  readonly dropped: number
  /** Packets and connections that failed. An absent server shows here, and nowhere else. */
  readonly errors: number
}

/**
 * A statsd sink: every response time as a timing; calls by code, retries and calls in flight added up in the process and
 * sent once per flush, so that their sums are exact. What has not been sent when the process exits is sent then.
 *
 * Throws `TypeError` or `RangeError` for a prefix, a port or a limit that makes no sense.
 */
export function statsd({
  host = '127.0.0.1',
  port = 8125,
  prefix = 'kumquat',
  flushEveryMs = 1_000,
  maxPacketBytes = 1_432,
  maxBufferedBytes = 1_048_576,
  maxSeries = 2_000,
  knows = () => true,
  clock = systemClock,
}: StatsdOptions = {}): StatsdSink {
  assertPrefix(prefix)
  assertRange('port', port, 1, 65_535)
  assertRange('flushEveryMs', flushEveryMs, 10, 60_000)
  assertRange('maxPacketBytes', maxPacketBytes, 512, 65_507)
  assertRange('maxBufferedBytes', maxBufferedBytes, maxPacketBytes, 1_073_741_824)
  const packets = new Packets({ host, port, maxPacketBytes, maxBufferedBytes })
  const client = new StatsDClient({ _socket: packets })
  const tally = new Tally({ prefix, lines: client, crowded: () => packets.crowded, maxSeries, knows })
  return new Sink(client, packets, tally, { prefix, flushEveryMs, clock })
}

/** How long disposing waits for a name server that does not answer. */
const DISPOSE_MS = 1_000

type SinkOptions = Required<Pick<StatsdOptions, 'prefix' | 'flushEveryMs' | 'clock'>>

class Sink implements StatsdSink {
  readonly #client: StatsDClient
  readonly #packets: Packets
  readonly #tally: Tally
  readonly #options: SinkOptions
  #timer: Disposable | undefined
  #closing: Promise<void> | undefined
  #told: Losses = { series: 0, backlog: 0, udp_error: 0 }

  constructor(client: StatsDClient, packets: Packets, tally: Tally, options: SinkOptions) {
    this.#client = client
    this.#packets = packets
    this.#tally = tally
    this.#options = options
    process.on('exit', this.#exit)
  }

  get dropped(): number {
    return this.#packets.dropped + this.#tally.timesLeftOut
  }

  get errors(): number {
    return this.#packets.errors
  }

  started(start: ObservedStart): void {
    if (this.#closing !== undefined) return
    this.#tally.started(start)
    this.#expectFlush()
  }

  ended(end: ObservedEnd): void {
    if (this.#closing !== undefined) return
    this.#tally.ended(end)
    this.#expectFlush()
  }

  /** Where there is little room, what is there goes first; if it cannot, counts are kept for the next time. */
  async flush(): Promise<void> {
    if (this.#packets.crowded) await this.#packets.flush()
    if (!this.#packets.crowded) this.#write()
    await this.#packets.flush()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    process.off('exit', this.#exit)
    this.#timer?.[Symbol.dispose]()
    const flushed = new AbortController()
    await Promise.race([this.flush(), sleep(this.#options.clock, DISPOSE_MS, flushed.signal)])
    flushed.abort()
    this.#client.close()
  }

  /** The socket is connected, so even now a send reaches the operating system before it returns. */
  readonly #exit = (): void => {
    this.#write()
    this.#packets.flushNow()
  }

  #expectFlush(): void {
    if (!this.#tally.waiting) return
    this.#timer ??= this.#options.clock.after(this.#options.flushEveryMs, () => {
      this.#timer = undefined
      void this.flush()
    })
  }

  #write(): void {
    this.#tally.write()
    const losses: Losses = { series: this.#tally.overflowed, backlog: this.dropped, udp_error: this.errors }
    for (const why of WHY) {
      const more = losses[why] - this.#told[why]
      if (more > 0) this.#client.counter(`${this.#options.prefix}.monitor.dropped.${why}`, more)
    }
    this.#told = losses
  }
}

const WHY = ['series', 'backlog', 'udp_error'] as const

type Losses = Readonly<Record<(typeof WHY)[number], number>>

function assertRange(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new RangeError(`statsd ${name} ${value} is not a whole number from ${min} to ${max}`)
}
