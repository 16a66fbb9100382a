import { type Filter, type Invocation, type Reply, remainingMs, silent, sleep, systemClock } from '@kumquat/core'
import { MemoryTree, memory } from '@kumquat/registry'
import {
  type Client,
  type Consumer,
  consumer,
  currentCall,
  method,
  type Provider,
  provider,
  service,
  type Tracing,
} from '@kumquat/rpc'

/** What one service of the chain saw of its call. */
export interface Seen {
  readonly leftMs: number
  readonly caller: string
  readonly attachments: Readonly<Record<string, string>>
  readonly traceparent?: string | undefined
}

/** What is done at each hop, `pauseMs` after the call came in. */
interface Hop {
  see(pauseMs: number): Promise<readonly Seen[]>
  hold(): Promise<string>
}

const seen = (): Seen => {
  const call = currentCall()!
  const { caller, attachments } = call
  const { traceparent } = call.arrived
  return { leftMs: remainingMs(call, systemClock), caller, attachments, traceparent }
}

/** The end of the chain. */
@service({ app: 'chain', group: 'back' })
export class Back implements Hop {
  readonly events: string[] = []

  @method({ idempotent: true })
  async see(pauseMs: number): Promise<readonly Seen[]> {
    this.events.push('see')
    const own = seen()
    await sleep(systemClock, pauseMs)
    return [own]
  }

  /** Until nobody waits for it any more. */
  @method()
  async hold(): Promise<string> {
    this.events.push('entered')
    const signal = currentCall()!.signal!
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    this.events.push('aborted')
    return 'done'
  }
}

@service({ app: 'chain', group: 'middle' })
export class Middle implements Hop {
  readonly #next: Client<Back>

  constructor(calls: Consumer) {
    this.#next = calls.client(Back)
  }

  @method({ idempotent: true })
  async see(pauseMs: number): Promise<readonly Seen[]> {
    const own = seen()
    await sleep(systemClock, pauseMs)
    return [own, ...(await this.#next.see(pauseMs))]
  }

  @method()
  async hold(): Promise<string> {
    return await this.#next.hold()
  }
}

@service({ app: 'chain', group: 'front' })
export class Front implements Hop {
  readonly #next: Client<Middle>

  constructor(calls: Consumer) {
    this.#next = calls.client(Middle)
  }

  @method({ idempotent: true })
  async see(pauseMs: number): Promise<readonly Seen[]> {
    const own = seen()
    await sleep(systemClock, pauseMs)
    return [own, ...(await this.#next.see(pauseMs))]
  }

  @method()
  async hold(): Promise<string> {
    return await this.#next.hold()
  }
}

export interface ChainOptions {
  /** Makes spans everywhere. Default: nobody does. */
  readonly spans?: Tracing
  /** Run around each call of the first consumer. */
  readonly filters?: readonly Filter<Invocation, Reply>[]
}

/** Three services over HTTP, each the consumer of the next. */
export interface Chain extends AsyncDisposable {
  readonly front: Client<Front>
  readonly back: Back
}

export async function chain({ spans, filters = [] }: ChainOptions = {}): Promise<Chain> {
  const tree = new MemoryTree()
  const running: AsyncDisposable[] = []
  const keep = <T extends AsyncDisposable>(one: T): T => {
    running.push(one)
    return one
  }
  const consume = async (caller: string, more: readonly Filter<Invocation, Reply>[] = []): Promise<Consumer> => {
    const registry = keep(memory({ tree }))
    const calls = spans ? [spans.calls] : []
    const attemptFilters = spans ? [spans.attempts] : []
    return keep(await consumer({ registry, caller, filters: [...calls, ...more], attemptFilters, logger: silent }))
  }
  const provide = async (serving: object): Promise<Provider> => {
    const registry = keep(memory({ tree }))
    const tracing = spans ? { tracing: spans.served } : {}
    return keep(await provider({ registry, services: [serving], quietMs: 0, signals: [], logger: silent, ...tracing }))
  }
  const back = new Back()
  await provide(back)
  await provide(new Middle(await consume('middle')))
  await provide(new Front(await consume('front')))
  const calls = await consume('web', filters)
  return {
    front: calls.client(Front),
    back,
    async [Symbol.asyncDispose]() {
      for (const one of running.reverse()) await one[Symbol.asyncDispose]()
    },
  }
}
