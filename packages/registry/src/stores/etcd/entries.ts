import { type Entry, type Revision, RpcError } from '@kumquat/core'
import type { Header, KeyValue } from './api.ts'

/** The revision of a parent that nobody wrote: it is there because something is below it. */
export const VIRTUAL: Revision = '0'

export function entryOf(path: string, { value = '', mod_revision = '' }: KeyValue): Entry {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return { path, name, value: Buffer.from(value, 'base64').toString(), revision: mod_revision }
}

/** The revision of the whole store, which stands in every answer of etcd: without it, it is no answer of etcd. */
export function revisionIn({ header }: { readonly header?: Header }): number {
  const revision = Number(header?.revision)
  if (revision > 0) return revision
  throw new RpcError('unavailable', 'an answer without a revision is not of etcd; what stands before it?')
}
