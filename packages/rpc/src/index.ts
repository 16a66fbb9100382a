export type { CallOptions } from './client/call-options.ts'
export type { Client, EachClient } from './client/client.ts'
export type { Generic, GenericOptions } from './client/generic.ts'
export { callOptions, type GivenOptions } from './client/given-options.ts'
export type { Encoding } from './compression/encodings.ts'
export { type ConsoleLoggerOptions, consoleLogger } from './console-logger.ts'
export type { Choice } from './consumer/choice.ts'
export type { ClusterOptions } from './consumer/cluster-of.ts'
export { type Consumer, consumer, type EachOptions } from './consumer/consumer.ts'
export type { ConsumerOptions } from './consumer/consumer-options.ts'
export type { Outlook } from './consumer/outlook.ts'
export type { PeersOptions } from './consumer/peers-of.ts'
export { currentCall } from './context/context.ts'
export { compareContracts } from './contract/comparison/compare-contracts.ts'
export type { ChangeKind, ContractChange } from './contract/comparison/contract-change.ts'
export {
  type Contract,
  type ContractOptions,
  defineService,
  type Handlers,
  implement,
  type Methods,
  type MethodsOf,
} from './contract/contract.ts'
export { contractOf, type MethodsOfClass } from './contract/contract-of.ts'
export { type MethodEntry, type MethodMark, method } from './contract/method.ts'
export type { GivenJsonSchemas, MethodOptions } from './contract/method-options.ts'
export type { Offer } from './contract/offer.ts'
export {
  type ContractDocument,
  contractDocument,
  type MethodDocument,
  type MethodKind,
} from './contract/published/contract-document.ts'
export { contractHash } from './contract/published/contract-hash.ts'
export type { JsonSchema } from './contract/published/json-schema.ts'
export { parseContract, type UnreadableContract } from './contract/published/parse-contract.ts'
export { readContract } from './contract/published/read-contract.ts'
export { type ServiceMark, type ServiceOptions, service } from './contract/service.ts'
export type { InputSchemas } from './contract/signature.ts'
export type { SchemaIssue, SchemaResult, StandardSchema } from './contract/standard-schema.ts'
export type { ServiceClass, ServiceTarget } from './contract/target.ts'
export type { ValueEncoding } from './encoding/value-encoding.ts'
export { type AccessLine, type AccessLogOptions, accessLog, SECRETS } from './filters/access-log.ts'
export { type Cache, type CachedOptions, cached } from './filters/cache/cached.ts'
export type { Invalidation, Invalidations } from './filters/cache/invalidation.ts'
export { type CeilingOptions, ceiling } from './filters/ceiling.ts'
export { type AdaptiveLimit, type AdaptiveLimitOptions, adaptiveLimit } from './filters/limits/adaptive-limit.ts'
export { type LimitOptions, limit } from './filters/limits/limit.ts'
export { PRIORITIES, PRIORITY, type Priority, priorityOf } from './filters/limits/priority.ts'
export type { QueueOptions } from './filters/limits/queue-options.ts'
export type { ProtectionOptions } from './filters/protection-options.ts'
export { type RateLimitOptions, type RedisClient, rateLimit } from './filters/rate-limit.ts'
export { type Tracing, type TracingOptions, tracing } from './filters/tracing.ts'
export { httpConnect } from './http/connect.ts'
export type { HttpConnectOptions } from './http/http-connect-options.ts'
export type { CallLimits, HttpListenOptions } from './http/http-listen-options.ts'
export { type HttpProbeOptions, httpProbe } from './http/http-probe.ts'
export { httpListen } from './http/listen.ts'
export type { ReplyWriter } from './http/reply-body.ts'
export { type MemoryTransportOptions, memoryTransport } from './memory/memory-transport.ts'
export { type PinoLoggerOptions, pinoLogger } from './pino-logger.ts'
export { type AdvertiseOptions, advertisedAddress } from './provider/advertise.ts'
export type { HealthOptions } from './provider/health-check.ts'
export { type Provider, provider } from './provider/provider.ts'
export type { Advertised, ProviderOptions } from './provider/provider-options.ts'
export type { RegisterWhen } from './provider/register-when.ts'
export type { DescribedReply, ReplySerializer } from './provider/reply-serializer.ts'
export { type Access, type AccessOptions, type AccessVerdict, access } from './security/access.ts'
export type { AccessRule } from './security/access-rule.ts'
export { type AuthenticatedOptions, authenticated, type CallerKey } from './security/authenticated.ts'
export { type CertifiedOptions, certified } from './security/certified.ts'
export { proven } from './security/proven.ts'
export type { Secret } from './security/secret-key.ts'
export { type SignedOptions, signed } from './security/signed.ts'
export { servedCopy } from './served-copy.ts'
export { type StreamConnectOptions, streamConnect } from './stream/stream-connect.ts'
export { type StreamListenOptions, streamListen } from './stream/stream-listen.ts'
export type { ConnectTls } from './tls/connect-tls.ts'
export type { CredentialsOptions } from './tls/credentials.ts'
export type { ListenTls } from './tls/listen-tls.ts'
export type {
  Listen,
  Listener,
  ListenOptions,
  Readiness,
  Remote,
  ServedCall,
  ServedStream,
  Transport,
} from './transport.ts'
