import type { Invocation } from '@kumquat/core'
import { currentCall, type ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { context } from '../../src/context/context.ts'
import { inherit } from '../../src/filters/inherit.ts'
import { listenersOn } from '../listeners.ts'
import { calling } from '../serving.ts'

describe('inherit()', () => {
  /** What a call becomes that is made while another is served. */
  const madeWhile = async (served: Partial<ServedCall>, made: Partial<Invocation>): Promise<Invocation> => {
    const { deadline: _, ...outer } = calling('outer')
    let seen: Invocation | undefined
    const next = async (invocation: Invocation) => {
      seen = invocation
      return { value: undefined }
    }
    const serve = context()(async () => {
      await Promise.resolve()
      const { deadline: _, ...inner } = calling('inner')
      return await inherit()(next)({ ...inner, ...made })
    })
    await serve({ ...outer, caller: 'web', arrived: {}, remote: { address: '', certified: [] }, ...served })
    return seen!
  }

  it('lets a call pass as it is when none is being served', async () => {
    const call = calling('rent')
    let seen: Invocation | undefined
    await inherit()(async (invocation) => {
      seen = invocation
      return { value: 1 }
    })(call)
    expect(seen).to.equal(call)
    expect(currentCall()).to.equal(undefined)
  })

  it('hands on the earlier deadline', async () => {
    expect(await madeWhile({ deadline: 50 }, { deadline: 70 })).to.include({ deadline: 50 })
    expect(await madeWhile({ deadline: 90 }, { deadline: 70 })).to.include({ deadline: 70 })
    expect(await madeWhile({ deadline: 90 }, {})).to.include({ deadline: 90 })
    expect(await madeWhile({}, {})).not.to.have.property('deadline')
  })

  it('hands on attachments, those of the call itself over them', async () => {
    const { attachments } = await madeWhile(
      { attachments: { lane: 'gray', user: 'ann' } },
      { attachments: { user: 'bob', trip: '1' } },
    )
    expect(attachments).to.deep.equal({ lane: 'gray', user: 'bob', trip: '1' })
  })

  it('hands on the attempt, so that a retry is not retried again', async () => {
    expect(await madeWhile({ attempt: 2 }, {})).to.include({ attempt: 2 })
    expect(await madeWhile({}, {})).to.include({ attempt: 1 })
  })

  it('hands on the signal, joined with that of the call itself', async () => {
    const [outer, inner] = [new AbortController(), new AbortController()]
    expect(await madeWhile({ signal: outer.signal }, {})).to.include({ signal: outer.signal })
    expect(await madeWhile({}, { signal: inner.signal })).to.include({ signal: inner.signal })
    const { signal } = await madeWhile({ signal: outer.signal }, { signal: inner.signal })
    expect(signal).to.be.instanceOf(AbortSignal)
    expect([listenersOn(outer.signal), listenersOn(inner.signal)]).to.deep.equal([0, 0])
  })

  it('hands on the trace as it came, that of the call itself over it', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const arrived = { traceparent, tracestate: 'a=1', authorization: 'secret' }
    const { headers } = await madeWhile({ arrived }, { headers: { accept: 'x' } })
    expect(headers).to.deep.equal({ traceparent, tracestate: 'a=1', accept: 'x' })
    expect((await madeWhile({ arrived }, { headers: { traceparent: 'own' } })).headers).to.include({
      traceparent: 'own',
    })
    expect(await madeWhile({ arrived: { traceparent: 'garbage' } }, {})).not.to.have.property('headers')
  })
})
