export { type EtcdOptions, etcd } from './etcd.ts'
export type { EtcdTls } from './http.ts'
export { readPems } from './pems.ts'
