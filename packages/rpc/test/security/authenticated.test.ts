import type { Filter, Invocation, Reply } from '@kumquat/core'
import { type HandClock, handClock, recordingLogger } from '@kumquat/core/testing'
import { type AuthenticatedOptions, authenticated, type ServedCall, signed } from '@kumquat/rpc'
import { expect } from 'chai'
import fc from 'fast-check'
import { rejection } from '../rejection.ts'
import { served } from '../served.ts'
import { calling } from '../serving.ts'

const SECRET = 'a secret of more than sixteen bytes'
const KEYS = [{ id: 'web-1', secret: SECRET, callers: ['web'] }]

describe('authenticated() and signed()', () => {
  /** The header that a consumer sends with this call. */
  const signing = async (sign: Filter<Invocation, Reply>, invocation: Invocation): Promise<string> => {
    let sent: Invocation | undefined
    await sign(async (call) => {
      sent = call
      return { value: undefined }
    })(invocation)
    const { authorization } = sent!.headers!
    return authorization!
  }
  const rent = calling('rent', [1, { days: 7, note: 'ä\u2028"' }], { caller: 'web' })
  const signature = (clock: HandClock, invocation = rent): Promise<string> =>
    signing(signed({ keyId: 'web-1', secret: SECRET, clock }), invocation)

  const guarded = (options: Partial<AuthenticatedOptions> = {}) => {
    const clock = handClock()
    const logger = recordingLogger()
    const entered: ServedCall[] = []
    const serve = authenticated({ keys: KEYS, clock, logger, ...options })(async (call) => {
      entered.push(call)
      return { value: 'in' }
    })
    const reasons = (): unknown[] => logger.lines.map(({ facts }) => (facts as { reason?: unknown }).reason)
    return { clock, entered, serve, reasons, logger }
  }
  const arriving = (authorization: string, more: Partial<ServedCall> = {}): ServedCall =>
    served('rent', rent.args, { arrived: { authorization }, ...more })

  it('lets a signed call in, its proven caller in place of the claimed one', async () => {
    const { clock, serve, entered } = guarded()
    expect(await serve(arriving(await signature(clock), { caller: 'bank' }))).to.deep.equal({ value: 'in' })
    expect(entered[0]).to.include({ caller: 'web', method: 'rent' })
  })

  it('keeps other headers of the call', async () => {
    let headers: Invocation['headers']
    await signed({ keyId: 'web-1', secret: SECRET })(async (call) => {
      headers = call.headers
      return { value: undefined }
    })({ ...rent, headers: { traceparent: 'x' } })
    expect(headers).to.include({ traceparent: 'x' }).and.have.property('authorization')
  })

  it('says to nobody outside what was wrong, and to the log everything', async () => {
    const { serve, reasons } = guarded()
    const error = await rejection(serve(arriving('Bearer 1234')))
    expect(error).to.include({ code: 'unauthenticated', outcome: 'not-run' })
    expect(error.message).to.equal(
      'movie/catalog/rent was not run: who calls is not proven; the reason is in the log of the provider',
    )
    expect(reasons()).to.deep.equal(['its authorization header is of another form'])
  })

  it('refuses a call without a signature, with the same words', async () => {
    const { serve, reasons } = guarded()
    const unsigned = await rejection(serve(served('rent')))
    expect(unsigned.message).to.equal((await rejection(guarded().serve(arriving('x')))).message)
    expect(reasons()).to.deep.equal(['it is not signed'])
  })

  it('refuses a call that is not the one that was signed', async () => {
    const { clock, serve, entered } = guarded()
    const authorization = await signature(clock)
    const forged: readonly ServedCall[] = [
      served('rent', [2, rent.args[1]], { arrived: { authorization } }),
      served('rent', [...rent.args, null], { arrived: { authorization } }),
      served('echo', rent.args, { arrived: { authorization } }),
      arriving(authorization, { service: { app: 'movie', group: 'other' } }),
      arriving(authorization.replace('caller=web', 'caller=bank')),
      arriving(authorization.replace(/at=\d+/, `at=${clock.epoch() + 1}`)),
      arriving(authorization.replace(/nonce=(.)/, (_, first) => (first === '_' ? 'nonce=-' : 'nonce=_'))),
      arriving(authorization.replace('key=web-1', 'key=web-2')),
    ]
    for (const call of forged) expect((await rejection(serve(call))).code).to.equal('unauthenticated')
    expect(entered).to.deep.equal([])
    await serve(arriving(authorization))
    expect(entered).to.have.length(1)
  })

  it('refuses a header in which any one character is another', async () => {
    const { clock, serve, entered } = guarded()
    const authorization = await signature(clock)
    const at = authorization.length - 1 // of the last one two bits count for nothing
    for (let index = 0; index < at; index++) {
      const other = authorization[index] === 'A' ? 'B' : 'A'
      const forged = authorization.slice(0, index) + other + authorization.slice(index + 1)
      expect((await rejection(serve(arriving(forged)))).code, forged).to.equal('unauthenticated')
    }
    expect(entered).to.deep.equal([])
  })

  it('lets a call in once', async () => {
    const { clock, serve, reasons } = guarded()
    const call = arriving(await signature(clock))
    await serve(call)
    expect((await rejection(serve(call))).code).to.equal('unauthenticated')
    expect(reasons()).to.deep.equal(['it was here before'])
  })

  it('signs each attempt anew, so that a further one is no replay', async () => {
    const { clock, serve, entered } = guarded()
    for (let attempt = 0; attempt < 3; attempt++) await serve(arriving(await signature(clock)))
    expect(entered).to.have.length(3)
  })

  for (const apartMs of [60_000, -60_000]) {
    it(`bears a clock that is ${apartMs} ms apart, and no more`, async () => {
      const { clock, serve, reasons } = guarded()
      const theirs = (ms: number): HandClock => handClock({ epochMs: clock.epoch() + ms })
      await serve(arriving(await signature(theirs(apartMs))))
      await rejection(serve(arriving(await signature(theirs(apartMs + Math.sign(apartMs))))))
      expect(reasons()[0]).to.match(/^its time is -?60001 ms behind ours/)
    })
  }

  it('remembers a call from the future for as long as it could come again', async () => {
    const { clock, serve, reasons } = guarded()
    const call = arriving(await signature(handClock({ epochMs: clock.epoch() + 60_000 })))
    await serve(call)
    await clock.advance(120_000)
    await rejection(serve(call))
    expect(reasons()).to.deep.equal(['it was here before'])
  })

  it('lets no replay in when more calls come than it can remember, and still lets new ones in', async () => {
    const { clock, serve, entered } = guarded({ maxNonces: 1_000 })
    const first = arriving(await signature(clock))
    await serve(first)
    for (let call = 0; call < 1_000; call++) {
      await clock.advance(1)
      await serve(arriving(await signature(clock)))
    }
    expect(entered).to.have.length(1_001)
    await rejection(serve(first))
    expect(entered).to.have.length(1_001)
  })

  it('accepts an old and a new secret at once', async () => {
    const next = { id: 'web-2', secret: 'the secret that comes next', callers: ['web'] }
    const { clock, serve, entered } = guarded({ keys: [...KEYS, next] })
    await serve(arriving(await signature(clock)))
    await serve(arriving(await signing(signed({ keyId: next.id, secret: next.secret, clock }), rent)))
    expect(entered).to.have.length(2)
  })

  it('refuses a caller to whom the key does not belong', async () => {
    const { clock, serve, reasons } = guarded()
    await rejection(serve(arriving(await signature(clock, { ...rent, caller: 'bank' }))))
    expect(reasons()).to.deep.equal(['key "web-1" is not of caller "bank"'])
  })

  it('signs what the arguments become on the wire', async () => {
    const { clock, serve, entered } = guarded()
    const awkward = [new Date(0), { gone: undefined, here: [undefined, Number.NaN] }, -0, undefined]
    const authorization = await signature(clock, { ...rent, args: awkward })
    const args = JSON.parse('["1970-01-01T00:00:00.000Z",{"here":[null,null]},0]')
    await serve(served('rent', args, { arrived: { authorization } }))
    expect(entered).to.have.length(1)
  })

  it('knows any arguments again that JSON carries', async () => {
    const { clock, serve } = guarded()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }), async (args) => {
        const authorization = await signature(clock, { ...rent, args })
        await serve(served('rent', JSON.parse(JSON.stringify(args)), { arrived: { authorization } }))
      }),
    )
  })

  it('writes at most one line a second, and how many it left out', async () => {
    const { clock, serve, logger } = guarded()
    for (let call = 0; call < 5; call++) await rejection(serve(served('rent')))
    expect(logger.lines).to.have.length(1)
    await clock.advance(1_000)
    await rejection(serve(served('rent')))
    expect(logger.lines[1]!.facts).to.include({ untold: 4, address: '10.0.0.9' })
  })

  it('never prints a secret', () => {
    expect(() => authenticated({ keys: [{ id: 'k', secret: 'short and secret', callers: ['web'] }] })).not.to.throw()
    expect(() => signed({ keyId: 'k', secret: 'too short' })).to.throw(RangeError, /at least 16 bytes, got 9 bytes/)
    expect(() => signed({ keyId: 'k', secret: 'too short' })).not.to.throw(/too short/)
    expect(() => signed({ keyId: 'k', secret: undefined as never })).to.throw(RangeError, 'got undefined')
  })

  it('refuses options that make no sense, naming them', () => {
    const key = KEYS[0]!
    const wrong: [Partial<AuthenticatedOptions>, RegExp][] = [
      [{ keys: [] }, /keys is empty/],
      [{ keys: [key, key] }, /key "web-1" is given twice/],
      [{ keys: [{ ...key, callers: [] }] }, /key "web-1" has no callers/],
      [{ keys: [{ ...key, callers: ['a b'] }] }, /"a b" is not a name/],
      [{ keys: [{ ...key, id: '' }] }, /key "" is not a name/],
      [{ windowMs: 999 }, /windowMs .* got 999/],
      [{ maxNonces: 10_000_001 }, /maxNonces .* got 10000001/],
    ]
    for (const [options, message] of wrong) expect(() => authenticated({ keys: KEYS, ...options })).to.throw(message)
    expect(() => signed({ keyId: 'a,b', secret: SECRET })).to.throw(TypeError, '"a,b" is not a name')
  })
})
