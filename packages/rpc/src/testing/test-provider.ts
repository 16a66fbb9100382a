import { type Clock, type Logger, RpcError } from '@kumquat/core'
import { type MemoryTree, memory } from '@kumquat/registry'
import { type Provider, provider } from '../provider/provider.ts'
import type { ProviderOptions } from '../provider/provider-options.ts'
import type { Listen, Listener } from '../transport.ts'

/** What a test may choose for a provider; the rest is the cluster's. */
export type TestProviderOptions = Omit<ProviderOptions, 'registry' | 'services' | 'listen' | 'clock' | 'signals'>

/** One provider of a test cluster, through all its lives. */
export interface TestProvider {
  /** `host:port`, the same in every life. */
  readonly address: string
  /** The objects that serve in this life, or served in the last one. */
  readonly services: readonly object[]
  readonly isRunning: boolean
  /** Leaves in order: with a goodbye, and with the calls in flight finished. */
  stop(): Promise<void>
  /** Dies as a process does: its calls break off as `unavailable`, `unknown`, and it vanishes from the registry without a word. */
  kill(): Promise<void>
  /** Begins another life at the same address, with new objects. Kills the one it has. */
  restart(): Promise<void>
}

export interface TestProviderParts {
  /** Called for each life. */
  readonly services: () => readonly object[]
  readonly options: TestProviderOptions
  readonly listen: Listen
  readonly tree: MemoryTree
  readonly clock: Clock
  readonly logger: Logger
}

/** Starts a provider that can be stopped, killed and started anew. */
export async function testProvider(parts: TestProviderParts): Promise<TestProvider> {
  let life = await begin(parts)
  let isRunning = true
  const { address } = life.provider
  const self: TestProvider = {
    address,
    get services() {
      return life.services
    },
    get isRunning() {
      return isRunning
    },
    async stop() {
      if (!isRunning) return
      isRunning = false
      await life.provider.stop()
      await life.registry[Symbol.asyncDispose]()
    },
    async kill() {
      if (!isRunning) return
      isRunning = false
      await life.listener[Symbol.asyncDispose]()
      await life.registry[Symbol.asyncDispose]()
      // What it would still say reaches nobody.
      await life.provider.stop().catch(() => {})
    },
    async restart() {
      await self.kill()
      life = await begin(parts, life.provider.port)
      isRunning = true
    },
  }
  return self
}

interface Life {
  readonly provider: Provider
  readonly listener: Listener
  readonly services: readonly object[]
  readonly registry: AsyncDisposable
}

async function begin({ services, options, listen, tree, clock, logger }: TestProviderParts, port = 0): Promise<Life> {
  const registry = memory({ tree })
  const objects = services()
  let listener: Listener | undefined
  try {
    const serving = await provider({
      ...{ port, quietMs: 0, logger, ...options },
      ...{ registry, services: objects, clock, signals: [] },
      listen: async (listening) => {
        listener = await listen(listening)
        return listener
      },
    })
    if (listener === undefined) throw new RpcError('internal', 'a provider started without listening')
    return { provider: serving, listener, services: objects, registry }
  } catch (error) {
    await registry[Symbol.asyncDispose]()
    throw error
  }
}
