import { type Invocation, RpcError, type RpcErrorCode, type RpcErrorOptions, systemClock } from '@kumquat/core'
import { currentCall, method, service } from '@kumquat/rpc'
import { calling } from '../serving.ts'

/** The service that transports are tried with: its methods show what arrives, and do what is hard to carry back. */
@service({ app: 'trial', group: 'wire' })
export class Trials {
  /** What happened in it, in order. */
  readonly events: string[] = []
  /** The signals of the calls held, in order. */
  readonly signals: AbortSignal[] = []
  #release: (() => void)[] = []
  #remind: () => void = () => {}

  @method({ idempotent: true })
  echo(...args: unknown[]): unknown {
    this.events.push('echo')
    return args
  }

  @method()
  repeat(text: string, times: number): string {
    this.events.push('repeat')
    return text.repeat(times)
  }

  @method()
  throwing(code: RpcErrorCode, message: string, options: RpcErrorOptions): never {
    this.events.push('throwing')
    throw new RpcError(code, message, options)
  }

  @method()
  throwingAnything(): never {
    throw 'a string'
  }

  @method({ idempotent: true })
  seen(): unknown {
    const { caller, attachments, attempt, arrived, deadline, idempotent, service, method, remote } = currentCall()!
    const leftMs = deadline === undefined ? null : deadline - systemClock.now()
    return { caller, attachments, attempt, arrived, leftMs, idempotent, service, method, remote }
  }

  @method()
  notIdempotent(): boolean {
    return currentCall()!.idempotent
  }

  /** Stays until `release()`, or until nobody waits for it. */
  @method()
  async hold(name = 'hold'): Promise<string> {
    const signal = currentCall()!.signal!
    this.signals.push(signal)
    this.events.push(`${name} entered`)
    await new Promise<void>((resolve) => {
      this.#release.push(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    this.events.push(`${name} ${signal.aborted ? 'aborted' : 'released'}`)
    return name
  }

  /** Asks for its signal only when `remind()` is called. */
  @method()
  async askLate(): Promise<boolean> {
    this.events.push('entered')
    await new Promise<void>((resolve) => {
      this.#remind = resolve
    })
    const { aborted } = currentCall()!.signal!
    this.events.push(aborted ? 'it had aborted' : 'it had not aborted')
    return aborted
  }

  release(): void {
    for (const resolve of this.#release) resolve()
    this.#release = []
  }

  remind(): void {
    this.#remind()
  }
}

/** A call of the trials with 5 s to live. */
export const trying = (method: string, args: readonly unknown[] = [], more: Partial<Invocation> = {}): Invocation =>
  calling(method, args, { service: { app: 'trial', group: 'wire' }, ...more })
