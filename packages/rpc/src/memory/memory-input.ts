import type { CallName } from '../http/error-body.ts'
import { itemTooLarge } from '../streaming/endings.ts'
import { sentItem } from '../streaming/sent-item.ts'

/** What a consumer sends, as JSON on its way to the provider. An item above `maxItemBytes` is thrown to who reads it, and is the last. */
export async function* memoryInput(
  input: AsyncIterable<unknown>,
  name: CallName,
  maxItemBytes: number,
): AsyncGenerator<unknown> {
  for await (const item of input) {
    const text = sentItem(item, name)
    if (Buffer.byteLength(text) > maxItemBytes) throw itemTooLarge(name, maxItemBytes)
    yield JSON.parse(text)
  }
}
