import { expect } from 'chai'
import fc from 'fast-check'
import { AnswerTooLarge } from '../../src/stores/etcd/failures.ts'
import { linesOf } from '../../src/stores/etcd/lines.ts'
import { rejection } from '../rejection.ts'

async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const size of sizes) {
    yield bytes.subarray(from, from + size)
    from += size
  }
  yield bytes.subarray(from)
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = []
  for await (const line of lines) found.push(line)
  return found
}

describe('linesOf()', () => {
  it('finds the same lines however they are cut into pieces', async () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n'))
    const cases = fc.tuple(fc.array(line), fc.array(fc.nat({ max: 9 })))
    await fc.assert(
      fc.asyncProperty(cases, async ([lines, sizes]) => {
        const bytes = Buffer.from(lines.join('\n'))
        expect(await all(linesOf(inPieces(bytes, sizes), 10_000))).to.deep.equal(lines)
      }),
    )
  })

  it('gives up on a line that is too long before it has all of it, and not on many that are short', async () => {
    let given = 0
    const endless = async function* (text: string): AsyncGenerator<Uint8Array> {
      for (; given < 1_000; given += 1) yield Buffer.from(text)
    }
    expect(await rejection(all(linesOf(endless('x'.repeat(10)), 100)))).to.be.instanceOf(AnswerTooLarge)
    expect(given).to.be.below(20)
    given = 0
    expect(await all(linesOf(endless(`${'x'.repeat(9)}\n`), 100))).to.have.lengthOf(1_000)
  })
})
