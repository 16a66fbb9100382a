import { systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'
import type { Begin } from './stage.ts'
import { trying } from './trials.ts'

/** The time of a call. */
export function deadlines(begin: Begin): void {
  const leftMs = (value: unknown): number | null => (value as { leftMs: number | null }).leftMs

  it('ends a call at its deadline, here and there', async () => {
    const { endpoint, movies } = await begin()
    const error = await rejection(endpoint.invoke(calling('slow', [60_000], { deadline: systemClock.now() + 150 })))
    expect(error).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    expect(error.message).to.contain('movie/catalog/slow')
    await eventually(() => expect(movies.entered).to.deep.equal(['slow', 'slow aborted']))
  })

  for (const ago of [0, 1, 1e9]) {
    it(`does not send a call whose deadline was ${ago} ms ago`, async () => {
      const { endpoint, movies } = await begin()
      const error = await rejection(endpoint.invoke(calling('rent', [1], { deadline: systemClock.now() - ago })))
      expect(error).to.include({ code: 'deadline_exceeded', outcome: 'not-run' })
      expect(movies.entered).to.deep.equal([])
    })
  }

  it('gives the provider the time that is left', async () => {
    const { endpoint } = await begin()
    const { value } = await endpoint.invoke(trying('seen', [], { deadline: systemClock.now() + 4_000 }))
    expect(leftMs(value)).to.be.within(1, 4_000)
  })

  it('gives a call without a deadline all the time it needs', async () => {
    const { endpoint } = await begin()
    const { deadline: _, ...timeless } = calling('slow', [30])
    expect((await endpoint.invoke(timeless)).value).to.equal('done')
    const { deadline: __, ...seen } = trying('seen')
    expect(leftMs((await endpoint.invoke(seen)).value)).to.equal(null)
  })

  for (const ahead of [2 ** 31 - 1, 2 ** 31, 9_999_999_999, 1e10, 1e15, Number.MAX_VALUE]) {
    it(`carries a deadline ${ahead} ms ahead`, async () => {
      const { endpoint } = await begin()
      const deadline = systemClock.now() + ahead
      expect((await endpoint.invoke(calling('slow', [30], { deadline }))).value).to.equal('done')
      const { value } = await endpoint.invoke(trying('seen', [], { deadline }))
      expect(leftMs(value)).to.be.within(Math.min(ahead, 9e9) - 10_000, Math.min(ahead, 9_999_999_999))
    })
  }
}
