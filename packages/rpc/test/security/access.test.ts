import { Cell } from '@kumquat/core'
import { recordingLogger } from '@kumquat/core/testing'
import { type AccessOptions, type AccessRule, access } from '@kumquat/rpc'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { served } from '../served.ts'

describe('access()', () => {
  const call = (caller: string, method: string, args: readonly unknown[] = []) => served(method, args, { caller })
  const guarded = (options: AccessOptions) => access(options)(async () => ({ value: 'in' }))
  const rules: readonly AccessRule[] = [
    { name: 'the web reads', effect: 'allow', when: { caller: ['web', 'web-*'], method: 'get*' } },
    { name: 'billing may all', effect: 'allow', when: { caller: 'billing', service: 'movie/*' } },
    { name: 'nobody refunds 13', effect: 'deny', when: { method: 'refund', 'arguments[0]': 13 } },
  ]

  it('lets in what a rule allows, and by default nothing else', async () => {
    const serve = guarded({ rules })
    for (const [caller, method] of [
      ['web', 'getMovie'],
      ['web-eu', 'getMovie'],
      ['billing', 'rent'],
    ] as const)
      expect(await serve(call(caller, method))).to.deep.equal({ value: 'in' })
    for (const [caller, method] of [
      ['web', 'rent'],
      ['webs', 'getMovie'],
      ['', 'getMovie'],
    ] as const) {
      const error = await rejection(serve(call(caller, method)))
      expect(error).to.include({ code: 'permission_denied', outcome: 'not-run' })
      expect(error.message).to.contain(
        `movie/catalog/${method} was not run: ${caller === '' ? 'a caller without a name' : `caller "${caller}"`}`,
      )
    }
  })

  it('denies what one rule denies, whatever others allow, in any order', async () => {
    for (const order of [rules, [...rules].reverse()]) {
      const serve = guarded({ rules: order })
      expect((await rejection(serve(call('billing', 'refund', [13])))).code).to.equal('permission_denied')
      expect(await serve(call('billing', 'refund', [14]))).to.deep.equal({ value: 'in' })
    }
  })

  it('lets in what no rule is about, if told so', async () => {
    const serve = guarded({ rules, default: 'allow' })
    expect(await serve(call('', 'rent'))).to.deep.equal({ value: 'in' })
    expect((await rejection(serve(call('', 'refund', [13])))).code).to.equal('permission_denied')
  })

  it('explains what it does', () => {
    const { explain } = access({ rules })
    expect(explain(call('web', 'getMovie'))).to.deep.equal({ effect: 'allow', rule: 'the web reads' })
    expect(explain(call('billing', 'refund', [13]))).to.deep.equal({ effect: 'deny', rule: 'nobody refunds 13' })
    expect(explain(call('web', 'rent'))).to.deep.equal({ effect: 'deny' })
    expect(access({ rules: [{ effect: 'allow' }] }).explain(call('', 'rent'))).to.include({ rule: 'rules[0]' })
  })

  it('follows rules that change, and keeps the last good ones', async () => {
    const logger = recordingLogger()
    const live = new Cell<readonly AccessRule[]>([])
    const serve = guarded({ rules: live, logger })
    await rejection(serve(call('web', 'getMovie')))
    live.set(rules)
    await serve(call('web', 'getMovie'))
    live.set([{ effect: 'perhaps' as never }])
    await serve(call('web', 'getMovie'))
    await serve(call('web', 'getMovie'))
    expect(logger.lines.filter(({ level }) => level === 'error')).to.have.length(1)
    live.set([])
    await rejection(serve(call('web', 'getMovie')))
  })

  it('tells the log who was refused and by which rule, and the caller not', async () => {
    const logger = recordingLogger()
    const error = await rejection(guarded({ rules, logger })(call('billing', 'refund', [13])))
    expect(error.message).not.to.contain('nobody refunds 13')
    expect(logger.lines[0]).to.deep.include({
      level: 'info',
      facts: { method: 'movie/catalog/refund', caller: 'billing', rule: 'nobody refunds 13' },
    })
  })

  it('refuses rules that make no sense, naming the place and the value', () => {
    const wrong: [unknown, RegExp][] = [
      ['all', /rules must be a list/],
      [[null], /rules\[0\] must be an object, got null/],
      [[{ effect: 'allow', callers: 'web' }], /rules\[0\] has no field "callers": known are name, effect, when/],
      [[{ effect: 'maybe' }], /rules\[0\]\.effect must be "allow" or "deny", got "maybe"/],
      [[{ effect: 'deny', when: { colour: 'red' } }], /rules\[0\]\.when asks for "colour"/],
      [[{ effect: 'deny', name: 7 }], /rules\[0\]\.name must be a text, got 7/],
      [Array(1_001).fill({ effect: 'deny' }), /at most 1000/],
    ]
    for (const [source, message] of wrong)
      expect(() => access({ rules: source as never }), String(message)).to.throw(TypeError, message)
    expect(() => access({ rules, default: 'ask' as never })).to.throw(TypeError, 'got "ask"')
  })
})
