import { type Clock, type Logger, RpcError, sleep } from '@kumquat/core'
import { storeClosed } from '../refusals.ts'
import type { CallName, Calls, WatchAnswer, WatchAsk } from './api.ts'
import { away, exchange, post, readWatch } from './exchange.ts'
import { EtcdFailure, FAILED_PRECONDITION, isFailure } from './failures.ts'
import { type EtcdTls, type Http, openHttp } from './http.ts'
import { linesOf } from './lines.ts'
import { Login } from './login.ts'

export interface GatewayOptions {
  /** Such as `http://10.0.0.1:2379`. */
  readonly servers: readonly URL[]
  /** Empty for nobody. */
  readonly username: string
  readonly password: string
  readonly tls: EtcdTls
  readonly operationTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly maxAnswerBytes: number
}

export interface CallOptions {
  /** May be sent again though it may have been done. Default false. */
  readonly repeatable?: boolean
  /** Goes ahead of the crowd, and is tried once at each server. For what keeps us alive. Default false. */
  readonly urgent?: boolean
  /** Bound of it all, in ms. Default `operationTimeoutMs`. */
  readonly timeoutMs?: number
}

const CROWD = 32
const ALONE = 8
const PAUSE_MS = 100

/** Etcd's JSON gateway on one of several servers: who does not answer is left for the next. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #crowd: Promise<Http>
  readonly #urgent: Promise<Http>
  readonly #closing = new AbortController()
  readonly #login: Login
  #at = 0

  constructor(options: GatewayOptions, clock: Clock, logger: Logger) {
    this.#options = options
    this.#clock = clock
    this.#logger = logger
    this.#login = new Login(() => this.#askForToken())
    this.#crowd = openHttp({ ...options, connections: CROWD })
    this.#urgent = openHttp({ ...options, connections: ALONE })
    // Told to whoever asks.
    for (const http of [this.#crowd, this.#urgent]) http.catch(() => {})
  }

  get operationTimeoutMs(): number {
    return this.#options.operationTimeoutMs
  }

  /** Rejects with `EtcdFailure` when etcd refused, with `RpcError` `unavailable` when there was none to ask. */
  async call<N extends CallName>(
    name: N,
    ask: Calls[N]['ask'],
    options: CallOptions = {},
  ): Promise<Calls[N]['answer']> {
    const { repeatable = false, urgent = false, timeoutMs = this.#options.operationTimeoutMs } = options
    const until = this.#clock.now() + timeoutMs
    for (let tries = 1; ; tries += 1) {
      const leftMs = until - this.#clock.now()
      try {
        return await this.#attempt<N>(name, ask, urgent, Math.min(leftMs, this.#attemptMs(timeoutMs)))
      } catch (error) {
        const again = repeatable || isNotRun(error)
        const left = until - this.#clock.now() - PAUSE_MS
        if (this.#closing.signal.aborted && !urgent) throw storeClosed()
        if (!isPassing(error) || !again || left <= 0) throw asUnavailable(error)
        if (urgent && tries >= this.#options.servers.length) throw asUnavailable(error)
      }
      if (tries % this.#options.servers.length === 0) await sleep(this.#clock, PAUSE_MS, this.#closing.signal)
    }
  }

  /** The messages of a watch, the first one within `operationTimeoutMs`. Ends with the line, and when `signal` aborts. */
  async *watch(ask: WatchAsk, signal: AbortSignal): AsyncGenerator<WatchAnswer> {
    const { operationTimeoutMs, maxAnswerBytes } = this.#options
    const ending = new AbortController()
    const end = (): void => ending.abort()
    signal.addEventListener('abort', end)
    const patience = this.#clock.after(operationTimeoutMs, end)
    const at = this.#at
    const url = this.#url('watch')
    try {
      const question = { url, ask, token: await this.#login.token(), maxBytes: maxAnswerBytes }
      const { body } = await post(await this.#urgent, question, ending.signal)
      for await (const line of linesOf(body, maxAnswerBytes)) {
        patience[Symbol.dispose]()
        yield readWatch(line, url)
      }
    } catch (error) {
      this.#leave(at)
      throw away(url, error)
    } finally {
      patience[Symbol.dispose]()
      signal.removeEventListener('abort', end)
      end()
    }
  }

  /** What is under way rejects, but for what is urgent: that ends with `close`. */
  async refuse(): Promise<void> {
    this.#closing.abort()
    await this.#crowd.then((http) => http.close()).catch(() => {})
  }

  async close(): Promise<void> {
    await this.refuse()
    await this.#urgent.then((http) => http.close()).catch(() => {})
  }

  async #attempt<N extends CallName>(
    name: N,
    ask: Calls[N]['ask'],
    urgent: boolean,
    timeoutMs: number,
  ): Promise<Calls[N]['answer']> {
    const at = this.#at
    const isLogin = name === 'auth/authenticate'
    for (let tries = 1; ; tries += 1) {
      const token = isLogin ? Promise.resolve('') : this.#login.token()
      try {
        const question = { url: this.#url(name), ask, token: await token, maxBytes: this.#options.maxAnswerBytes }
        return await exchange(await (urgent ? this.#urgent : this.#crowd), question, this.#clock, timeoutMs)
      } catch (error) {
        if (isPassing(error)) this.#leave(at)
        const isStale = error instanceof EtcdFailure && error.isAboutToken && this.#options.username !== ''
        if (!isStale || isLogin || tries > 1) throw error
        this.#login.forget(token)
      }
    }
  }

  async #askForToken(): Promise<string> {
    const { username: name, password, operationTimeoutMs } = this.#options
    if (name === '') return ''
    try {
      return (await this.#attempt('auth/authenticate', { name, password }, true, operationTimeoutMs)).token ?? ''
    } catch (error) {
      if (!isFailure(error, FAILED_PRECONDITION)) throw error
      this.#logger.warn({}, 'etcd was given user and password, but has authentication switched off')
      return ''
    }
  }

  /** Where there is another server, time is left for it. */
  #attemptMs(timeoutMs: number): number {
    return timeoutMs / Math.min(this.#options.servers.length, 3)
  }

  #url(name: string): URL {
    return new URL(`/v3/${name}`, this.#options.servers[this.#at])
  }

  #leave(at: number): void {
    if (at === this.#at) this.#at = (at + 1) % this.#options.servers.length
  }
}

const isNotRun = (error: unknown): boolean => RpcError.is(error) && error.outcome === 'not-run'

const isPassing = (error: unknown): boolean =>
  error instanceof EtcdFailure ? error.isPassing : RpcError.is(error) && error.code === 'unavailable'

const asUnavailable = (error: unknown): unknown =>
  error instanceof EtcdFailure && error.isPassing
    ? new RpcError('unavailable', `etcd answered ${JSON.stringify(error.message)}; has it a leader?`, { cause: error })
    : error
