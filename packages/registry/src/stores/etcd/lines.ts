import { AnswerTooLarge } from './failures.ts'

/** The lines of a stream of text. Throws `AnswerTooLarge` when one is above `maxBytes`. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  let parts: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      parts.push(chunk.subarray(from, end))
      const line = Buffer.concat(parts).toString()
      parts = []
      bytes = 0
      from = end + 1
      if (line !== '') yield line
    }
    parts.push(chunk.subarray(from))
    bytes += chunk.length - from
    if (bytes > maxBytes) throw new AnswerTooLarge(maxBytes)
  }
  const rest = Buffer.concat(parts).toString()
  if (rest !== '') yield rest
}

const NEWLINE = 0x0a
