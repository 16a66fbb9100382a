import type { StreamKind } from '@kumquat/core'
import { expect } from 'chai'
import { failures } from './stream-trials/failures.ts'
import { inputs } from './stream-trials/inputs.ts'
import { items } from './stream-trials/items.ts'
import { pressure } from './stream-trials/pressure.ts'
import { streamEndings } from './stream-trials/stream-endings.ts'
import { failing, type MakeStreamTransport, streamStages } from './stream-trials/stream-stage.ts'

export interface StreamContractOptions {
  /** What it carries. Default: all. */
  readonly kinds?: readonly StreamKind[]
  /** What a text of 1 000 letters takes beside them, in bytes. Default 2, its quotation marks. */
  readonly textBytes?: number
}

/** What every transport that streams must do, whatever carries it. */
export function streamContract(
  name: string,
  make: MakeStreamTransport,
  { kinds = ['server', 'client', 'both'], textBytes = 2 }: StreamContractOptions = {},
): void {
  describe(`a stream over ${name}`, () => {
    const begin = streamStages(make)
    items(begin, textBytes)
    failures(begin)
    streamEndings(begin)
    pressure(begin)
    if (kinds.includes('client') && kinds.includes('both')) {
      inputs(begin, textBytes)
      return
    }
    for (const kind of ['client', 'both'] as const) {
      it(`of the kind '${kind}' is refused before it runs`, async () => {
        const { feeds, send } = await begin()
        const input = (async function* () {
          yield 1
        })()
        const { error } = await failing(send(kind, kind === 'client' ? 'sum' : 'double', input))
        expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
        expect(String(error)).to.contain('takes a stream').and.to.contain('the transport stream does')
        expect(feeds.events).to.deep.equal([])
      })
    }
  })
}
