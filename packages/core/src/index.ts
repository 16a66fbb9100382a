export { type Alarm, alarm } from './alarm.ts'
export { type AfterOptions, type Clock, every, sleep } from './clock.ts'
export { remainingMs } from './deadline.ts'
export type { Connect, Endpoint, Status } from './endpoint.ts'
export {
  type Constraints,
  EVERY_PEER,
  GRAY_LANE,
  type Invocation,
  type Invoker,
  LANE,
  laneOf,
  type Reply,
  STABLE_LANE,
  type StreamKind,
} from './invocation.ts'
export { Cell, type Live } from './live.ts'
export { type Logger, silent } from './logger.ts'
export { nearest } from './nearest.ts'
export { type ObservedEnd, type ObservedKind, type ObservedStart, type Observer, observedEnd } from './observer.ts'
export {
  DEFAULT_WEIGHT,
  formatAddress,
  MAX_WEIGHT,
  type ProviderRecord,
  providerRecord,
  sameRecord,
} from './provider-record.ts'
export { type Rng, seededRng } from './rng.ts'
export {
  isRpcErrorCode,
  type Outcome,
  RPC_ERROR_CODES,
  RpcError,
  type RpcErrorCode,
  type RpcErrorOptions,
} from './rpc-error.ts'
export { systemClock, systemRng, uniqueId } from './runtime.ts'
export { begun, compose, type Filter, type Service } from './service.ts'
export { assertName, formatServiceKey, isName, parseServiceKey, type ServiceKey } from './service-key.ts'
export {
  assertPath,
  type Entry,
  type Held,
  type HoldOptions,
  type Revision,
  type SessionState,
  type Store,
  type Watch,
  type WriteOptions,
} from './store.ts'
export { filteredStream, type Streamer, type StreamFilter, type StreamInvocation } from './stream.ts'
