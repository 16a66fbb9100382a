import { EVERY_PEER, type Invocation, LANE } from '@kumquat/core'
import { type Attachments, NO_ATTACHMENTS } from '../context/attachments.ts'
import type { CallOptions } from './call-options.ts'

export interface SaidParts {
  readonly options: CallOptions
  /** Whether each provider is called. */
  readonly each?: boolean
  /** The name of this app. */
  readonly caller?: string
}

/** What is the same for every call with these options; undefined if there is nothing to say. Throws `TypeError` for a peer of each. */
export function seldomOf({ options, each = false, caller = '' }: SaidParts): Partial<Invocation> | undefined {
  const { signal, constraints, key, peer } = options
  if (each && peer !== undefined) throw new TypeError(`each provider is called: peer ${JSON.stringify(peer)} is one`)
  const whom = each ? EVERY_PEER : peer
  const said: Partial<Invocation> = {
    ...(signal && { signal }),
    ...(constraints && { constraints }),
    ...(key !== undefined && { key }),
    ...(whom !== undefined && { peer: whom }),
    ...(caller !== '' && { caller }),
  }
  return Object.keys(said).length === 0 ? undefined : said
}

/** What travels with every call with these options. */
export function attachmentsOf({ attachments = NO_ATTACHMENTS, lane }: CallOptions): Attachments {
  return lane === undefined ? attachments : { ...attachments, [LANE]: lane }
}
