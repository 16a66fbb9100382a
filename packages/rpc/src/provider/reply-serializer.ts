import { formatServiceKey, type ServiceKey } from '@kumquat/core'
import { Offer, type OfferedMethod } from '../contract/offer.ts'
import type { JsonSchema } from '../contract/published/json-schema.ts'
import type { ReplyWriter } from '../http/reply-body.ts'

/** The replies of one method, as its published contract describes them. */
export interface DescribedReply {
  readonly service: ServiceKey
  readonly method: string
  /** JSON Schema (2020-12) of what crosses the wire. */
  readonly schema: Exclude<JsonSchema, boolean>
}

/**
 * Compiles what writes the replies of a method as JSON, once, when its provider starts; nothing for `JSON.stringify`. What it
 * returns must write what `JSON.stringify` would: nobody checks that it does.
 */
export type ReplySerializer = (reply: DescribedReply) => ReplyWriter | undefined

/** The same services, whose replies are written as `serializer` says. Asks it of methods that do not stream and publish a schema. */
export function withSerializer(offers: readonly Offer[], serializer: ReplySerializer): readonly Offer[] {
  return offers.map(({ declaration, methods, published }) => {
    const { service } = declaration
    const written = [...methods].map(([method, offered]): [string, OfferedMethod] => {
      const { kind, output: schema } = published.document.methods[method]!
      if (kind !== 'unary' || typeof schema !== 'object') return [method, offered]
      const write = compiled(serializer, { service, method, schema })
      return [method, write ? { ...offered, write } : offered]
    })
    return new Offer(declaration, new Map(written))
  })
}

function compiled(serializer: ReplySerializer, reply: DescribedReply): ReplyWriter | undefined {
  const name = `${formatServiceKey(reply.service)}/${reply.method}`
  let write: unknown
  try {
    write = serializer(reply)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
    throw new TypeError(
      `serializer threw for ${name}: ${reason}; have it return undefined for what it cannot compile`,
      {
        cause,
      },
    )
  }
  if (write === undefined || typeof write === 'function') return write as ReplyWriter | undefined
  throw new TypeError(`serializer must return a function or undefined, got ${String(write)} for ${name}`)
}
