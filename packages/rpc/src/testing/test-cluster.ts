import { type Clock, type Connect, formatServiceKey, type ServiceKey, seededRng, systemClock } from '@kumquat/core'
import { type RecordingLogger, type RecordingObserver, recordingLogger, recordingObserver } from '@kumquat/core/testing'
import { MemoryTree, memory, type Probe } from '@kumquat/registry'
import { type Consumer, consumer } from '../consumer/consumer.ts'
import type { ConsumerOptions } from '../consumer/consumer-options.ts'
import { offerOf } from '../contract/offer.ts'
import { integerIn } from '../integer-in.ts'
import { memoryTransport } from '../memory/memory-transport.ts'
import { type FaultyTransport, faultyTransport } from './faulty-transport.ts'
import { type TestProvider, type TestProviderOptions, testProvider } from './test-provider.ts'

/** What a test may choose for the consumer; the rest is the cluster's. */
export type TestConsumerOptions = Omit<
  ConsumerOptions,
  'registry' | 'connect' | 'clock' | 'rng' | 'logger' | 'observer'
>

export interface TestClusterOptions {
  /** Makes what the `n`-th provider serves, counted from 0: new objects for each, and for each of its lives. */
  readonly services: (n: number) => readonly object[]
  /** How many there are. 1 to 1 000, default 3. */
  readonly providers?: number
  /** Further options of the `n`-th, such as `{ gray: true }`. Default: those of `provider()`, but `quietMs` is 0. */
  readonly provider?: (n: number) => TestProviderOptions
  /** Further options of the consumer. Default: those of `consumer()`, and `caller` is `test`. */
  readonly consumer?: TestConsumerOptions
  /** With `handClock()` nothing happens by itself that takes time. Default: the real time. */
  readonly clock?: Clock
  /** Of all chance in the consumer. Default 1. */
  readonly seed?: number
}

/** Providers and a consumer that knows them all. Disposing it ends everything, and waits for no call. */
export interface TestCluster extends AsyncDisposable {
  readonly consumer: Consumer
  /** That of the consumer. */
  readonly client: Consumer['client']
  readonly providers: readonly TestProvider[]
  /** The `n`-th, counted from 0. Throws `RangeError` if there is none. */
  provider(n: number): TestProvider
  /** Switches for bad days of the lines to providers, which go by their address. */
  readonly faults: Omit<FaultyTransport, 'connect' | 'listen'>
  /** Switches for bad days of the registry. */
  readonly registry: MemoryTree
  /** The calls and attempts of the consumer. */
  readonly calls: RecordingObserver
  /** What consumer and providers logged. */
  readonly log: RecordingLogger
}

/**
 * A registry, providers and a consumer within this process, without a port, and with switches for every bad day. With a hand
 * clock and a seed every run is the same. Resolves when the consumer sees every provider.
 *
 * @throws RangeError on a number of providers out of range, and what `provider()` and `consumer()` throw.
 */
export async function testCluster({
  services,
  providers: count = 3,
  provider: optionsOf = () => ({}),
  consumer: consuming = {},
  clock = systemClock,
  seed = 1,
}: TestClusterOptions): Promise<TestCluster> {
  integerIn('providers', count, 1, 1_000)
  const [tree, logger, observer] = [new MemoryTree(), recordingLogger(), recordingObserver()]
  const { caller = 'test' } = consuming
  const { connect, listen, ...faults } = faultyTransport({ clock, transport: memoryTransport({ caller, clock }) })
  const running: AsyncDisposable[] = []
  const end = async (): Promise<void> => {
    for (const one of running.splice(0).reverse()) await one[Symbol.asyncDispose]()
  }
  try {
    const providers: TestProvider[] = []
    for (let n = 0; n < count; n++) {
      const own = { services: () => services(n), options: optionsOf(n), listen, tree, clock, logger }
      const one = await testProvider(own)
      providers.push(one)
      running.push({ [Symbol.asyncDispose]: () => one.kill() })
    }
    const registry = memory({ tree })
    running.push(registry)
    const rng = seededRng(seed)
    const calling = await consumer({
      probe: look(connect),
      ...consuming,
      caller,
      registry,
      connect,
      clock,
      rng,
      logger,
      observer,
    })
    // Before it lets calls in flight finish, those are cut off.
    running.unshift(calling)
    for (const service of servicesOf(providers)) await calling.ready(service)
    return {
      consumer: calling,
      client: calling.client.bind(calling),
      providers,
      provider(n) {
        const found = providers[n]
        if (found === undefined) throw new RangeError(`there is no provider ${n}: there are ${count}, from 0`)
        return found
      },
      faults,
      registry: tree,
      calls: observer,
      log: logger,
      [Symbol.asyncDispose]: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Whether anybody listens, as it is found out of a real provider by connecting to it. */
const look =
  (connect: Connect): Probe =>
  async (record) => {
    await using line = connect(record)
    return line.status === 'open' ? 'alive' : 'gone'
  }

function servicesOf(providers: readonly TestProvider[]): Iterable<ServiceKey> {
  const offered = providers.flatMap(({ services }) => services.map((one) => offerOf(one).declaration.service))
  return new Map(offered.map((service) => [formatServiceKey(service), service])).values()
}
