import { hasForbiddenKey } from '../http/forbidden-key.ts'
import { optionalPeer } from '../optional-peer.ts'
import { jsonLike } from './json-like.ts'
import { checkShape, forbiddenKey, malformed } from './msgpack-shape.ts'
import type { BinaryEncoding } from './value-encoding.ts'

/**
 * MessagePack by the package msgpackr, without its extensions: no records, no types but those of JSON and bytes, which arrive as
 * `Uint8Array`. Its part in native code is not loaded. Rejects with `TypeError` when the package is not installed.
 */
export async function loadMsgpack(): Promise<BinaryEncoding> {
  // Not the root of the package, which loads the native part.
  const { Packr } = await optionalPeer(() => import('msgpackr/pack'), 'msgpackr', "encoding: 'msgpack'")
  const packr = new Packr({
    ...{ useRecords: false, mapsAsObjects: true, variableMapSize: true, useToJSON: false },
    ...{ copyBuffers: true, int64AsType: 'number' },
  })
  return {
    name: 'msgpack',
    encode: (value) => packr.pack(jsonLike(value) ?? null),
    decode(bytes, maxDepth) {
      const isSuspect = checkShape(bytes, maxDepth)
      // Of a Buffer it would make Buffers.
      const value = unpacked(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
      if (isSuspect && hasForbiddenKey(value)) throw forbiddenKey()
      return value
    },
  }

  function unpacked(own: Uint8Array): unknown {
    try {
      return packr.unpack(own)
    } catch (cause) {
      throw malformed(cause instanceof Error ? cause.message : String(cause), cause)
    }
  }
}
