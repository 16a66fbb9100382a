import { RpcError, type ServiceKey } from '@kumquat/core'
import { currentCall } from '../context/context.ts'
import { assertMethodName } from '../contract/method.ts'
import { declareMethod } from '../contract/method-options.ts'
import { Offer, type OfferedMethod } from '../contract/offer.ts'
import { declareService } from '../contract/service.ts'
import { type Provider, provider } from '../provider/provider.ts'
import type { ProviderOptions } from '../provider/provider-options.ts'
import { KumquatContext } from './kumquat-context.ts'
import { type CustomTransportStrategy, isObservable, lastValueFrom, type MessageHandler, Server } from './nest.ts'
import { thrown } from './thrown.ts'

/** Those of a provider, of which the services are the controllers of the Nest app; and the service that they make up. */
export interface KumquatServerOptions extends Omit<ProviderOptions, 'services'>, ServiceKey {}

/**
 * A transport for `NestFactory.createMicroservice(module, { strategy })`: each `@MessagePattern('getMovie')` and
 * `@EventPattern` is a method of one service, `extras` of a pattern may say `{ idempotent: true }`. The payload is the argument
 * of the call, or the array of them where there are several. Of an Observable callers get the last value.
 */
export class KumquatServer extends Server implements CustomTransportStrategy {
  override readonly transportId: symbol = Symbol('kumquat')
  readonly #options: KumquatServerOptions
  #provider: Promise<Provider> | undefined

  constructor(options: KumquatServerOptions) {
    super()
    this.#options = options
  }

  /** Starts the provider; `callback` gets why it has not. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      const { app: _, group: __, ...options } = this.#options
      this.#provider = provider({ ...options, services: [this.#offer()] })
      await this.#provider
      callback()
    } catch (error) {
      callback(error)
    }
  }

  async close(): Promise<void> {
    const started = await this.#provider?.catch(() => undefined)
    await started?.stop()
  }

  override on(event: string): never {
    throw new RpcError('unimplemented', `a Kumquat server has no event ${JSON.stringify(event)} to wait for`)
  }

  /** The provider, a promise of it. Throws before `listen`. */
  override unwrap<T = Promise<Provider>>(): T {
    if (this.#provider === undefined) throw new RpcError('failed_precondition', 'the server has not begun to listen')
    return this.#provider as T
  }

  #offer(): Offer {
    const { app, group, version } = this.#options
    const methods = new Map<string, OfferedMethod>()
    for (const [pattern, handler] of this.messageHandlers)
      methods.set(assertMethodName(pattern), this.#method(pattern, handler))
    return new Offer(declareService({ app, group, ...(version !== undefined && { version }) }), methods)
  }

  #method(pattern: string, handler: MessageHandler): OfferedMethod {
    const idempotent = handler.extras?.['idempotent'] === true
    return { ...declareMethod({ idempotent }), run: (args) => this.#run(pattern, handler, args) }
  }

  async #run(pattern: string, handler: MessageHandler, args: readonly unknown[]): Promise<unknown> {
    const data = args.length > 1 ? args : args[0]
    const context = new KumquatContext([currentCall()!])
    try {
      if (handler.isEventHandler) {
        await this.handleEvent(pattern, { pattern, data }, context)
        return undefined
      }
      const result: unknown = await handler(data, context)
      return isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result
    } catch (error) {
      throw thrown(error)
    }
  }
}
