import { systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import type { Begin } from './stage.ts'
import { trying } from './trials.ts'

/** Many calls at once. */
export function crowds(begin: Begin): void {
  it('brings each of a thousand calls at once back to its caller', async function () {
    this.timeout(60_000)
    const { endpoint } = await begin()
    const calls = Array.from({ length: 1_000 }, async (_, i) => {
      const { value } = await endpoint.invoke(
        trying('echo', [i, `text ${i}`], { deadline: systemClock.now() + 60_000 }),
      )
      return value
    })
    expect(await Promise.all(calls)).to.deep.equal(Array.from({ length: 1_000 }, (_, i) => [i, `text ${i}`]))
  })

  it('brings back what comes in another order than it went', async () => {
    const { endpoint, trials } = await begin()
    const first = endpoint.invoke(trying('hold', ['first']))
    await eventually(() => expect(trials.events).to.deep.equal(['first entered']))
    expect((await endpoint.invoke(trying('echo', ['second']))).value).to.deep.equal(['second'])
    trials.release()
    expect((await first).value).to.equal('first')
  })

  it('mixes answers, failures and large ones without mixing them up', async () => {
    const { endpoint } = await begin()
    await Promise.all(
      Array.from({ length: 90 }, async (_, i) => {
        if (i % 3 === 0) {
          const error = await rejection(endpoint.invoke(trying('throwing', ['not_found', `no ${i}`, {}])))
          expect(error.message).to.equal(`no ${i}`)
        } else if (i % 3 === 1) {
          const { value } = await endpoint.invoke(trying('repeat', [`${i},`, 10_000]))
          expect(value).to.equal(`${i},`.repeat(10_000))
        } else {
          const { value } = await endpoint.invoke(trying('seen', [], { attachments: { n: `${i}` }, attempt: 2 }))
          expect(value).to.deep.include({ attachments: { n: `${i}` }, attempt: 2 })
        }
      }),
    )
  })

  it('serves several lines to one provider, each with its own end', async () => {
    const { transport, endpoint, address, record } = await begin()
    const other = transport.connect(record)
    expect((await other.invoke(trying('echo', [1]))).value).to.deep.equal([1])
    await other[Symbol.asyncDispose]()
    expect((await endpoint.invoke(trying('echo', [address]))).value).to.deep.equal([address])
  })
}
