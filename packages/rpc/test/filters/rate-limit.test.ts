import { type RateLimitOptions, rateLimit, type ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { served } from '../served.ts'

describe('rateLimit()', () => {
  const limited = async (options: Partial<RateLimitOptions> = {}) =>
    (await rateLimit({ calls: 2, perMs: 60_000, ...options }))(async () => ({ value: 'in' }))
  const call = (caller: string, method: string): ServedCall => served(method, [], { caller })

  it('lets so many calls of a caller at a method in, and says when to come back', async () => {
    const serve = await limited()
    for (let n = 0; n < 2; n++) expect(await serve(call('web', 'rent'))).to.deep.equal({ value: 'in' })
    const error = await rejection(serve(call('web', 'rent')))
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
    expect(error.retryAfterMs).to.be.within(1, 60_000)
    expect(error.message).to.match(
      /^movie\/catalog\/rent was not run: it takes 2 calls of caller "web" in 60000 ms; come back in \d+ ms$/,
    )
  })

  it('counts each caller at each method for itself', async () => {
    const serve = await limited({ calls: 1 })
    for (const one of [call('web', 'rent'), call('web', 'echo'), call('billing', 'rent')]) await serve(one)
    await rejection(serve(call('web', 'echo')))
  })

  it('counts by caller, by method, or all calls together', async () => {
    const byCaller = await limited({ calls: 1, by: ['caller'] })
    await byCaller(call('web', 'rent'))
    expect((await rejection(byCaller(call('web', 'echo')))).message).to.contain('this provider takes 1 calls of caller')
    await byCaller(call('billing', 'echo'))
    const byMethod = await limited({ calls: 1, by: ['method'] })
    await byMethod(call('web', 'rent'))
    expect((await rejection(byMethod(call('billing', 'rent')))).message).to.contain('it takes 1 calls in')
    const together = await limited({ calls: 1, by: [] })
    await together(call('web', 'rent'))
    await rejection(together(call('billing', 'echo')))
  })

  it('lets calls that it is not about pass uncounted', async () => {
    const serve = await limited({ calls: 1, by: [], when: { caller: '!web' } })
    for (let n = 0; n < 3; n++) await serve(call('web', 'rent'))
    await serve(call('billing', 'rent'))
    await rejection(serve(call('billing', 'rent')))
  })

  it('keeps the counts of two limits apart', async () => {
    const [first, second] = [await limited({ calls: 1 }), await limited({ calls: 1 })]
    await first(call('web', 'rent'))
    await second(call('web', 'rent'))
  })

  it('refuses options that make no sense, naming them', async () => {
    const wrong: [Partial<RateLimitOptions>, RegExp][] = [
      [{ calls: 0 }, /calls .* got 0/],
      [{ perMs: 1_500 }, /perMs in seconds .* got 1.5/],
      [{ perMs: 86_401_000 }, /perMs in seconds .* got 86401/],
      [{ waitMs: 0 }, /waitMs .* got 0/],
      [{ by: ['lane' as never] }, /by must hold .* got "lane"/],
      [{ when: { colour: 'red' } }, /asks for "colour"/],
    ]
    for (const [options, message] of wrong) {
      const error: unknown = await limited(options).catch((thrown: unknown) => thrown)
      expect(String(error)).to.match(message)
    }
  })
})
