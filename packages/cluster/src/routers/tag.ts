import type { Invocation } from '@kumquat/core'
import { own } from '../matching/own.ts'
import type { Peer, Peers } from '../peer.ts'
import type { Router } from '../router.ts'
import { firstAble } from '../sets/first-able.ts'
import { keep } from '../sets/keep.ts'
import { perLabel } from '../sets/per-label.ts'

/** The attachment that names the tag of a call, and the tag of a record that answers to it. */
export const TAG = 'tag'
/** The attachment that, being `true`, forbids this call to fall back to peers without a tag. */
export const FORCE_TAG = 'tag-force'

export interface TagOptions {
  /** Name of the attachment and of the record's tag. Default `tag`. */
  readonly name?: string
  /** Whether a tagged call goes nowhere rather than to peers without a tag. Default false. */
  readonly force?: boolean
}

/**
 * Keeps tagged calls on peers of their tag; `a|b` asks for `a`, and where nobody of it has weight for `b`. Then come the
 * peers without a tag, unless forced; never those of another tag. A call without a tag never reaches a tagged peer. As
 * Dubbo's TagStateRouter, whose `dubbo.tag` and `dubbo.force.tag` these are.
 */
export function tag({ name = TAG, force = false }: TagOptions = {}): Router {
  if (name === '') throw new TypeError('name must not be empty: it names an attachment')
  const tagOf = ({ record }: Peer): string => own(record.tags, name) ?? ''
  const asked = ({ attachments }: Invocation): string => own(attachments, name) ?? ''
  const isForced = ({ attachments }: Invocation): boolean => force || own(attachments, FORCE_TAG) === 'true'

  const of = (peers: Peers, wanted: string): Peers => keep(peers, (peer) => tagOf(peer) === wanted)
  const untagged = (peers: Peers): Peers => of(peers, '')
  const tagged = (peers: Peers, invocation: Invocation): Peers[] =>
    tagsIn(asked(invocation)).map((one) => of(peers, one))
  const only = perLabel(asked, (peers, invocation) => {
    const parts = tagged(peers, invocation)
    return parts.length === 0 ? untagged(peers) : firstAble(...parts)
  })
  const orUntagged = perLabel(asked, (peers, invocation) => firstAble(...tagged(peers, invocation), untagged(peers)))

  const route: Router = (peers, invocation) => (isForced(invocation) ? only : orUntagged)(peers, invocation)
  return Object.assign(route, {
    asks(invocation: Invocation) {
      const wanted = asked(invocation)
      if (tagsIn(wanted).length === 0) return `without ${name}`
      return `of ${name} ${JSON.stringify(wanted)}${isForced(invocation) ? '' : ' or without'}`
    },
    why(peer: Peer, invocation: Invocation) {
      const one = tagOf(peer)
      if (one === '') return `it has no ${name}`
      const isAskedFor = tagsIn(asked(invocation)).includes(one)
      return `its ${name} is ${JSON.stringify(one)}${isAskedFor ? ', and others go before it' : ''}`
    },
  })
}

/** At most 8: the list comes with the call. */
const tagsIn = (asked: string): readonly string[] =>
  asked
    .split('|', MAX_TAGS)
    .map((one) => one.trim())
    .filter((one) => one !== '')

const MAX_TAGS = 8
