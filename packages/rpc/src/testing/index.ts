// What a test of an application needs: a registry in memory, lines and peers that are well or ill as told, time by hand.

export { type Rng, seededRng } from '@kumquat/core'
export {
  type EventuallyOptions,
  eventually,
  type FakeEndpoints,
  fakeEndpoints,
  type HandClock,
  type HandClockOptions,
  handClock,
  type LogLine,
  type RecordingLogger,
  type RecordingObserver,
  recordingLogger,
  recordingObserver,
} from '@kumquat/core/testing'
export { type MemoryOptions, MemoryTree, memory } from '@kumquat/registry'
export { type MemoryTransportOptions, memoryTransport } from '../memory/memory-transport.ts'
export { type FakePeer, fakePeer, fakePeers } from './fake-peer.ts'
export { type FaultyTransport, type FaultyTransportOptions, faultyTransport } from './faulty-transport.ts'
export { type TestCluster, type TestClusterOptions, type TestConsumerOptions, testCluster } from './test-cluster.ts'
export type { TestProvider, TestProviderOptions } from './test-provider.ts'
