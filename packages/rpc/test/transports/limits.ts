import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import type { Begin, Encoded } from './stage.ts'
import { trying } from './trials.ts'

/** How much may cross. */
export function limits(begin: Begin, { textBytes, listBytes }: Encoded): void {
  /** As they travel, the arguments take `bytes`. */
  const ofBytes = (bytes: number): readonly unknown[] => ['x'.repeat(bytes - listBytes - textBytes)]

  it('takes a request as large as may be, and refuses one byte more unread', async () => {
    const { endpoint, trials } = await begin({ maxBodyBytes: 2_048 })
    expect((await endpoint.invoke(trying('echo', ofBytes(2_048)))).value).to.deep.equal(ofBytes(2_048))
    const error = await rejection(endpoint.invoke(trying('echo', ofBytes(2_049))))
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
    expect(error.message).to.contain('2048 bytes').and.to.contain('maxBodyBytes')
    expect(trials.events).to.deep.equal(['echo'])
  })

  it('counts bytes, not characters', async () => {
    const { endpoint } = await begin({ maxBodyBytes: 2_048 })
    expect(await rejection(endpoint.invoke(trying('echo', ['€'.repeat(1_000)])))).to.have.property(
      'code',
      'resource_exhausted',
    )
  })

  it('goes on after a request that was too large', async () => {
    const { endpoint } = await begin({ maxBodyBytes: 2_048 })
    for (let i = 0; i < 5; i++) {
      await rejection(endpoint.invoke(trying('echo', ofBytes(100_000))))
      expect((await endpoint.invoke(trying('echo', [i]))).value).to.deep.equal([i])
    }
  })

  it('takes an answer as large as may be, and refuses one byte more, which did run', async () => {
    const { endpoint } = await begin({ maxAnswerBytes: 10_000 })
    const exactly = 10_000 - textBytes
    expect((await endpoint.invoke(trying('repeat', ['x', exactly]))).value).to.have.length(exactly)
    const error = await rejection(endpoint.invoke(trying('repeat', ['x', exactly + 1])))
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'ran' })
    expect(error.message).to.contain('trial/wire/repeat').and.to.contain('answered more than is accepted')
    expect((await endpoint.invoke(trying('echo', [1]))).value).to.deep.equal([1])
  })

  it('takes arguments 64 levels deep, and refuses deeper ones', async () => {
    const { endpoint, trials } = await begin()
    // The list of arguments is a level too.
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
    expect((await endpoint.invoke(trying('echo', [nested(63)]))).value).to.deep.equal([nested(63)])
    const error = await rejection(endpoint.invoke(trying('echo', [nested(64)])))
    expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
    expect(error.message).to.contain('64 levels')
    expect(trials.events).to.deep.equal(['echo'])
  })

  it('takes 64 arguments, and refuses more', async () => {
    const { endpoint, trials } = await begin()
    const args = Array.from({ length: 64 }, (_, i) => i)
    expect((await endpoint.invoke(trying('echo', args))).value).to.deep.equal(args)
    const error = await rejection(endpoint.invoke(trying('echo', [...args, 64])))
    expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
    expect(error.message).to.contain('65 arguments are more than 64')
    expect(trials.events).to.deep.equal(['echo'])
  })

  it('carries a megabyte there and eight back', async () => {
    const { endpoint } = await begin()
    const text = 'ab€'.repeat(200_000)
    expect((await endpoint.invoke(trying('echo', [text]))).value).to.deep.equal([text])
    const { value } = await endpoint.invoke(trying('repeat', ['12345678', 2 ** 20]))
    expect(value).to.have.length(2 ** 23)
  })
}
