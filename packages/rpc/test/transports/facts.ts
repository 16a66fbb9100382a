import { expect } from 'chai'
import { formatBaggage, MAX_BAGGAGE_BYTES } from '../../src/context/attachments.ts'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'
import type { Begin, Stage } from './stage.ts'
import { trying } from './trials.ts'

interface Seen {
  readonly caller: string
  readonly attachments: Record<string, string>
  readonly attempt: number
  readonly arrived: Record<string, string>
  readonly idempotent: boolean
}

/** What is said beside a call: who makes it, attachments, attempts, headers for the next hop. */
export function facts(begin: Begin): void {
  const seenBy = async ({ endpoint }: Stage, more: Parameters<typeof trying>[2]): Promise<Seen> =>
    (await endpoint.invoke(trying('seen', [], more))).value as Seen

  it('tells the method who calls, with which attachments, and which attempt it is', async () => {
    const { endpoint } = await begin()
    const attachments = { lane: 'gray', user: 'Ann, "=;%ä' }
    const { value } = await endpoint.invoke(calling('whoCalls', [], { attachments, attempt: 2 }))
    expect(value).to.deep.equal({ caller: 'web', attachments, attempt: 2, hasDeadline: true })
  })

  it('leaves nameless who has no name', async () => {
    const stage = await begin({ caller: '' })
    expect(await seenBy(stage, {})).to.include({ caller: '', attempt: 1 })
  })

  it('refuses a caller that is no name, when it is made', async () => {
    let error: unknown
    await begin({ caller: 'web shop\r\nx: y' }).catch((thrown: unknown) => {
      error = thrown
    })
    expect(error).to.be.instanceOf(TypeError)
    expect(String(error)).to.contain('web shop')
  })

  for (const [attempt, seen] of [
    [1, 1],
    [2, 2],
    [99, 99],
    [1_000, 99],
  ] as const) {
    it(`carries that it is attempt ${attempt} as ${seen}`, async () => {
      expect(await seenBy(await begin(), { attempt })).to.have.property('attempt', seen)
    })
  }

  it('takes from the provider, not from the caller, whether a method is idempotent', async () => {
    const stage = await begin()
    expect(await seenBy(stage, { idempotent: false })).to.have.property('idempotent', true)
    const { value } = await stage.endpoint.invoke(trying('notIdempotent', [], { idempotent: true }))
    expect(value).to.equal(false)
  })

  it('carries as many attachments as there may be, at their full length', async () => {
    const rest = MAX_BAGGAGE_BYTES - 64 * 'k00=v,'.length + ','.length
    const members = Array.from({ length: 64 }, (_, i) => [
      `k${String(i).padStart(2, '0')}`,
      i === 0 ? 'v'.repeat(rest + 1) : 'v',
    ])
    const attachments = Object.fromEntries(members) as Record<string, string>
    expect(formatBaggage(attachments)).to.have.length(MAX_BAGGAGE_BYTES)
    expect((await seenBy(await begin(), { attachments })).attachments).to.deep.equal(attachments)
  })

  it('carries attachments with any text and the strangest of keys', async () => {
    const attachments = { "!#$%&'*+-.^_`|~09AZaz": '\0\r\n\t ,;=%"\\ä€😀', empty: '', hasOwnProperty: 'x' }
    expect((await seenBy(await begin(), { attachments })).attachments).to.deep.equal(attachments)
  })

  it('gives the provider the headers of this hop, and keeps them apart from attachments', async () => {
    const headers = {
      authorization: 'Bearer abc.def',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    }
    const { arrived, attachments } = await seenBy(await begin(), { headers, attachments: { lane: 'gray' } })
    expect(arrived).to.include(headers)
    expect(attachments).to.deep.equal({ lane: 'gray' })
  })

  for (const [what, name, value] of [
    ['a name in upper case', 'Authorization', 'x'],
    ['a name that is no token', 'a b', 'x'],
    ['an empty name', '', 'x'],
    ['a name of the transport', 'content-length', '0'],
    ['a name of ours', 'kq-caller', 'root'],
    ['a time of its own', 'connect-timeout-ms', '1'],
    ['a value with a line break', 'x-note', 'a\r\nx-evil: 1'],
    ['a value beyond ASCII', 'x-note', 'ä'],
  ] as const) {
    it(`refuses a header with ${what}, before it is sent`, async () => {
      const { endpoint, trials } = await begin()
      const error = await rejection(endpoint.invoke(trying('echo', [], { headers: { [name]: value } })))
      expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
      expect(error.message).to.contain('trial/wire/echo').and.to.contain(`header "${name}"`)
      expect(trials.events).to.deep.equal([])
    })
  }
}
