export { KumquatClient, type KumquatClientOptions } from './kumquat-client.ts'
export { KumquatContext } from './kumquat-context.ts'
export { KumquatServer, type KumquatServerOptions } from './kumquat-server.ts'
export { RpcErrorFilter } from './rpc-error-filter.ts'
