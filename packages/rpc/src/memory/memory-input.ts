import { RpcError } from '@kumquat/core'
import type { CallName } from '../http/error-body.ts'
import { itemTooLarge } from '../streams/endings.ts'

/** What a consumer sends, as JSON on its way to the provider. An item above `maxItemBytes` is thrown to who reads it, and is the last. */
export async function* memoryInput(
  input: AsyncIterable<unknown>,
  name: CallName,
  maxItemBytes: number,
): AsyncGenerator<unknown> {
  for await (const item of input) {
    const text = textOf(item, name)
    const bytes = Buffer.byteLength(text)
    if (bytes > maxItemBytes) throw itemTooLarge(name, bytes, maxItemBytes)
    yield JSON.parse(text)
  }
}

function textOf(item: unknown, { method }: CallName): string {
  try {
    return JSON.stringify(item) ?? 'null'
  } catch (cause) {
    throw new RpcError('invalid_argument', `${method} was sent an item that JSON cannot carry`, { cause })
  }
}
