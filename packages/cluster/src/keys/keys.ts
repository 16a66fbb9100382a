import type { Invocation } from '@kumquat/core'
import { textOf } from './key-text.ts'

/**
 * What of a call decides where it goes: equal keys go to the same peer. `undefined` = this call has no key, and is
 * spread like any other; one key for all of them would lead them all to one peer.
 */
export type Key = (invocation: Invocation) => string | undefined

/**
 * By one argument, the first by default, or by several together. A string stands for itself, so that it lands where
 * other clients of the same algorithm put it; anything else for its JSON with sorted names. So 1 and "1" are one key:
 * an id is an id, however the caller writes it. Several never run together: ("a", "bc") is not ("ab", "c"), and there 1
 * is not "1". An argument that is absent, `undefined` or `null` is no key.
 */
export function byArgument(...indexes: readonly number[]): Key {
  for (const index of indexes) {
    if (!Number.isInteger(index) || index < 0) {
      throw new RangeError(`an argument is named by its index, an integer from 0, got ${index}`)
    }
  }
  const [first = 0] = indexes
  if (indexes.length <= 1) return ({ args }) => textOf(args[first])
  return ({ args }) => together(indexes.map((index) => args[index]))
}

/** By an attachment. A call without it, or with an empty one, has no key. */
export function byAttachment(name: string): Key {
  if (name === '') throw new TypeError('an attachment has a name, got ""')
  return ({ attachments }) => attachments[name] || undefined
}

/** By who calls. */
export function byCaller(): Key {
  return ({ caller }) => caller
}

/** By several keys together. No key only if none of them is. */
export function joined(...keys: readonly Key[]): Key {
  if (keys.length === 0) throw new TypeError('joined() needs at least one key, e.g. joined(byCaller(), byArgument(0))')
  return (invocation) => together(keys.map((key) => key(invocation)))
}

const together = (parts: readonly unknown[]): string | undefined =>
  parts.every((part) => part === undefined || part === null) ? undefined : textOf(parts)
