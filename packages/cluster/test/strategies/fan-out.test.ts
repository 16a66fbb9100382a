import { type FanOutOptions, fanOut, MERGERS, type PartialResult } from '@kumquat/cluster'
import { RpcError } from '@kumquat/core'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

/** A call to peers that answer so; an error is what they fail with. */
function asked<R = unknown>(answers: readonly unknown[], options?: FanOutOptions<R>) {
  const theatre = stage(answers.length, fanOut(options))
  theatre.onAttempt = ({ answer, fail }, n) => {
    const said = answers[n - 1]
    if (said instanceof Error) fail(said)
    else answer(said)
  }
  const ids = theatre.live.current.map(({ record }) => record.id)
  return { theatre, ids, outcome: theatre.outcomeOf(call()) }
}

describe('fanOut', () => {
  it('asks every peer, and answers with all values in the order of the set', async () => {
    const theatre = stage(3, fanOut())
    const reply = theatre.invoke(call())
    expect(theatre.attempts).to.have.length(3)
    for (const n of [2, 0, 1]) theatre.attempts[n]!.answer(n)
    expect(await reply).to.deep.equal({ value: [0, 1, 2] })
  })

  it('merges the values by a function, which is told whose they are', async () => {
    const { outcome, ids } = asked<number>([1, 2], { merge: (values, names) => [values, names] })
    expect(await outcome).to.deep.equal({ value: [[1, 2], ids] })
  })

  it('takes the mergers that have names', async () => {
    expect(await asked([1, 2, 39], { merge: MERGERS.sum }).outcome).to.deep.equal({ value: 42 })
    expect(await asked([['a'], ['a', 'b']], { merge: MERGERS.union }).outcome).to.deep.equal({ value: ['a', 'b'] })
    expect(await asked([['a'], ['b']], { merge: MERGERS.concat }).outcome).to.deep.equal({ value: ['a', 'b'] })
    expect(await asked([true, false], { merge: MERGERS.every }).outcome).to.deep.equal({ value: false })
  })

  it('fails when one peer fails, once all have spoken, and says who', async () => {
    const failure = failing('not-run')
    const { outcome, theatre, ids } = asked([1, failure, 3])
    expect(await outcome).to.include({
      code: 'unavailable',
      outcome: 'ran',
      message: `getMovieById failed at 1 of 3 peers (${ids[1]}: not-run)`,
      cause: failure,
    })
    expect(theatre.attempts).to.have.length(3)
  })

  it('gives what there is on request, with the failures beside it', async () => {
    const failure = failing('unknown')
    const { outcome, ids } = asked([1, failure, 3], { merge: MERGERS.sum, partial: true })
    const { value } = (await outcome) as { value: PartialResult<number> }
    expect(value).to.deep.equal({ merged: 4, failures: [{ id: ids[1], error: failure }] })
  })

  it('makes do with one answer', async () => {
    const { outcome } = asked([failing('unknown'), 7, failing('unknown')], { partial: true })
    expect(((await outcome) as { value: PartialResult }).value.merged).to.deep.equal([7])
  })

  it('gives the same shape when nothing is missing', async () => {
    const { outcome } = asked([1, 2], { partial: true })
    expect(await outcome).to.deep.equal({ value: { merged: [1, 2], failures: [] } })
  })

  it('fails when nobody answered, though parts would do', async () => {
    const { outcome, ids } = asked([failing('not-run'), failing('not-run')], { partial: true })
    const error = (await outcome) as RpcError
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.equal(`getMovieById failed at 2 of 2 peers (${ids[0]}: not-run; ${ids[1]}: not-run)`)
  })

  it('says so when the answers could not be merged', async () => {
    for (const [thrown, words] of [
      [new TypeError('no list'), 'no list'],
      ['odd', 'odd'],
    ] as const) {
      const { outcome } = asked([1, 2], {
        merge() {
          throw thrown
        },
      })
      expect(await outcome).to.include({
        code: 'internal',
        outcome: 'ran',
        message: `the answers of 2 peers to getMovieById could not be merged: ${words}`,
        cause: thrown,
      })
    }
  })

  it('asks so many at one time', async () => {
    const theatre = stage(5, fanOut({ concurrency: 2 }))
    void theatre.outcomeOf(call())
    expect(theatre.attempts).to.have.length(2)
    for (const { answer } of [...theatre.attempts]) answer(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(theatre.attempts).to.have.length(4)
  })

  it('fails as the cluster does when nobody is there, though parts would do', async () => {
    const error = (await asked([], { partial: true }).outcome) as RpcError
    expect(error).to.be.instanceOf(RpcError)
    expect(error.message).to.match(/^no provider of movie\/catalog is registered/)
  })

  it('refuses a concurrency out of range, with the number', () => {
    expect(() => fanOut({ concurrency: 0 })).to.throw(RangeError, 'concurrency must be an integer of at least 1, got 0')
  })
})
