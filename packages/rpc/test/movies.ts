import { type Clock, RpcError, sleep, systemClock } from '@kumquat/core'
import { currentCall, method, service } from '@kumquat/rpc'

export interface Movie {
  readonly id: number
  readonly title: string
}

/** The service of these tests. Its methods do one thing each that a call can meet with. */
@service({ app: 'movie', group: 'catalog', version: 'V1' })
export class Movies {
  /** How often each method was entered. */
  readonly entered: string[] = []
  readonly #clock: Clock

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  @method({ idempotent: true, check: (id) => Number.isInteger(id) || 'id must be an integer' })
  getMovieById(id: number): Movie {
    this.entered.push('getMovieById')
    return { id, title: `Movie ${id}` }
  }

  @method()
  async rent(id: number, days = 7): Promise<string> {
    this.entered.push('rent')
    return `${id} for ${days} days`
  }

  @method()
  echo(...args: unknown[]): unknown {
    return args
  }

  @method()
  nothing(): void {}

  @method()
  fail(): never {
    throw new Error('the password is 1234')
  }

  @method()
  refuse(): never {
    throw new RpcError('not_found', 'no such movie', {
      outcome: 'not-run',
      retryable: true,
      retryAfterMs: 50,
      details: [{ type: 'movie', value: 'x' }],
    })
  }

  @method()
  returnBigInt(): unknown {
    return { length: 10n }
  }

  @method()
  returnCycle(): unknown {
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    return cycle
  }

  /** Answers after `ms`, or when its caller has gone. */
  @method({ idempotent: true })
  async slow(ms: number): Promise<string> {
    this.entered.push('slow')
    const signal = currentCall()?.signal
    await sleep(this.#clock, ms, signal)
    this.entered.push(signal?.aborted ? 'slow aborted' : 'slow done')
    return 'done'
  }

  @method()
  whoCalls(): unknown {
    const { caller, attachments, attempt, deadline } = currentCall()!
    return { caller, attachments, attempt, hasDeadline: deadline !== undefined }
  }

  notServed(): string {
    return 'secret'
  }
}
