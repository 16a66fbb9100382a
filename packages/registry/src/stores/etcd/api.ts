import type { KeyRange } from './keys.ts'

// The part of etcd's JSON gateway that is used here: https://etcd.io/docs/v3.4/dev-guide/api_grpc_gateway/
// Numbers of 64 bits come as text, keys and values in base64, and what is zero, empty or false is left out.

/** By path below `/v3/`. */
export interface Calls {
  readonly 'kv/range': { readonly ask: RangeAsk; readonly answer: RangeAnswer }
  readonly 'kv/txn': { readonly ask: TxnAsk; readonly answer: TxnAnswer }
  readonly 'lease/grant': { readonly ask: { readonly TTL: string }; readonly answer: LeaseAnswer }
  readonly 'lease/keepalive': { readonly ask: LeaseAsk; readonly answer: { readonly result?: LeaseAnswer } }
  readonly 'lease/timetolive': { readonly ask: LeaseAsk; readonly answer: LeaseAnswer }
  readonly 'lease/revoke': { readonly ask: LeaseAsk; readonly answer: object }
  readonly 'auth/authenticate': {
    readonly ask: { readonly name: string; readonly password: string }
    readonly answer: { readonly token?: string }
  }
}

export type CallName = keyof Calls

export interface Header {
  readonly revision?: string
}

export interface KeyValue {
  readonly key: string
  readonly value?: string
  readonly create_revision?: string
  readonly mod_revision?: string
  /** The lease that it ends with; left out when it is persistent. */
  readonly lease?: string
}

export interface RangeAsk extends Partial<KeyRange> {
  readonly key: string
  readonly limit?: string
  /** As of this revision. */
  readonly revision?: string
  readonly keys_only?: boolean
}

export interface RangeAnswer {
  readonly header?: Header
  readonly kvs?: readonly KeyValue[]
  readonly more?: boolean
}

/** Holds if it does so for every key of the range; a key that is absent has the revisions 0. */
export type Compare = { readonly key: string; readonly range_end?: string; readonly result: 'EQUAL' | 'GREATER' } & (
  | { readonly target: 'MOD'; readonly mod_revision: string }
  | { readonly target: 'CREATE'; readonly create_revision: string }
)

export type Step =
  | { readonly request_range: RangeAsk }
  | { readonly request_put: { readonly key: string; readonly value: string; readonly lease?: string } }
  | { readonly request_delete_range: { readonly key: string } }

export interface TxnAsk {
  readonly compare?: readonly Compare[]
  readonly success?: readonly Step[]
  readonly failure?: readonly Step[]
}

export interface TxnAnswer {
  readonly header?: Header
  readonly succeeded?: boolean
  readonly responses?: readonly { readonly response_range?: RangeAnswer }[]
}

interface LeaseAsk {
  readonly ID: string
}

export interface LeaseAnswer {
  readonly ID?: string
  /** In seconds; left out or below 0 when there is no such lease. */
  readonly TTL?: string
  readonly grantedTTL?: string
}

export interface WatchAsk {
  readonly create_request: KeyRange & { readonly start_revision?: string; readonly fragment: boolean }
}

export interface WatchAnswer {
  readonly header?: Header
  readonly created?: boolean
  readonly canceled?: boolean
  readonly cancel_reason?: string
  readonly compact_revision?: string
  /** The rest of these events is in the next message. */
  readonly fragment?: boolean
  readonly events?: readonly { readonly type?: 'DELETE'; readonly kv: KeyValue }[]
}
