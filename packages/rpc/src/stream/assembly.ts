import { FrameType, MORE } from './frame.ts'
import type { FrameHandler } from './frame-reader.ts'

export interface AssemblyOptions {
  /** A message above this size is refused as soon as its parts exceed it. */
  readonly maxMessageBytes: number
  /** Told of a message that was refused, and of its first part. What still comes of it is dropped. */
  readonly onTooLong: FrameHandler
}

/**
 * Joins the parts of long messages and hands on whole ones, and items in parts. What it holds is bounded by messages under way; a
 * request whose caller gives it up in the middle is none.
 */
export function assembly({ maxMessageBytes, onTooLong }: AssemblyOptions, next: FrameHandler): FrameHandler {
  const under = new Map<number, Parts>()
  const open = (key: number): Parts => {
    if (under.size >= MAX_UNDER_WAY) throw new RangeError(`more than ${MAX_UNDER_WAY} long messages at once`)
    const parts = { pieces: [], bytes: 0, isRefused: false }
    under.set(key, parts)
    return parts
  }
  const partsOf = (key: number, type: number, id: number): Parts | undefined => {
    // Nobody sends the rest of it.
    if (type === FrameType.cancel) under.delete(keyOf(id, FrameType.request))
    return under.get(key)
  }
  return (typed, id, bytes, start, end) => {
    const type = typed & ~MORE
    const isLast = type === typed
    const key = keyOf(id, type)
    const known = under.size === 0 ? undefined : partsOf(key, type, id)
    if (isLast && known === undefined) {
      if (end - start <= maxMessageBytes || type === FrameType.item) next(type, id, bytes, start, end)
      else onTooLong(type, id, bytes, start, end)
      return
    }
    // Each stream has limits of its own, and joins its parts itself.
    if (type === FrameType.item) {
      next(typed, id, bytes, start, end)
      return
    }
    const parts = known ?? open(key)
    parts.bytes += end - start
    if (!parts.isRefused) parts.pieces.push(kept(bytes.subarray(start, end)))
    if (parts.bytes > maxMessageBytes && !parts.isRefused) {
      parts.isRefused = true
      const [first] = parts.pieces
      onTooLong(type, id, first!, 0, first!.length)
      parts.pieces.length = 0
    }
    if (!isLast) return
    under.delete(key)
    if (!parts.isRefused) next(type, id, joined(parts), 0, parts.bytes)
  }
}

const keyOf = (id: number, type: number): number => id * (MORE + 1) + type

interface Parts {
  readonly pieces: Buffer[]
  bytes: number
  isRefused: boolean
}

/** A copy where most of the memory is somebody else's. */
const kept = (part: Buffer): Buffer => (part.length * 2 > part.buffer.byteLength ? part : Buffer.from(part))

/** Until the next is joined: nobody keeps it, and memory that was in use is much faster than new. */
function joined({ pieces, bytes }: Parts): Buffer {
  if (bytes > DESK_BYTES) return Buffer.concat(pieces, bytes)
  if (bytes > desk.length) desk = Buffer.allocUnsafeSlow(Math.min(DESK_BYTES, bytes * 2))
  let at = 0
  for (const piece of pieces) at += piece.copy(desk, at)
  return desk
}

let desk: Buffer = Buffer.alloc(0)
/** For all connections together. */
const DESK_BYTES = 2 ** 21

/** Each may hold a whole message. */
const MAX_UNDER_WAY = 64
