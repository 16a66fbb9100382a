export { type AdvertiseOptions, advertisedAddress } from './advertise.ts'
export type { CallOptions } from './call-options.ts'
export type { Choice } from './choice.ts'
export type { Client } from './client.ts'
export type { ClusterOptions } from './cluster-of.ts'
export { type ConsoleLoggerOptions, consoleLogger } from './console-logger.ts'
export { type Consumer, consumer } from './consumer.ts'
export type { ConsumerOptions } from './consumer-options.ts'
export { currentCall } from './context.ts'
export {
  type Contract,
  type ContractOptions,
  defineService,
  type Handlers,
  implement,
  type Methods,
  type MethodsOf,
} from './contract.ts'
export { type HttpConnectOptions, httpConnect } from './http/connect.ts'
export { type HttpProbeOptions, httpProbe } from './http/http-probe.ts'
export { type HttpListenOptions, httpListen } from './http/listen.ts'
export { type MemoryTransportOptions, memoryTransport } from './memory-transport.ts'
export { type MethodMark, type MethodOptions, method } from './method.ts'
export type { Offer } from './offer.ts'
export type { Outlook } from './outlook.ts'
export type { PeersOptions } from './peers-of.ts'
export { type Provider, provider } from './provider.ts'
export type { Advertised, ProviderOptions } from './provider-options.ts'
export { type ServiceMark, type ServiceOptions, service } from './service.ts'
export type { ServiceClass, ServiceTarget } from './target.ts'
export type { Listen, Listener, ListenOptions, ServedCall, Transport } from './transport.ts'
