import { recordingLogger } from '@kumquat/core/testing'
import { certified, type ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { served } from '../served.ts'

describe('certified()', () => {
  const logger = recordingLogger()
  const entered: string[] = []
  const serve = certified({ names: { 'web.shop.internal': 'web', 'spiffe://shop/billing': 'billing' }, logger })(
    async ({ caller }) => {
      entered.push(caller)
      return { value: undefined }
    },
  )
  const from = (...names: string[]): ServedCall =>
    served('rent', [], { caller: 'admin', remote: { address: '10.0.0.9', certified: names } })

  it('puts the app of the certificate in place of the claimed caller', async () => {
    await serve(from('other', 'spiffe://shop/billing'))
    expect(entered).to.deep.equal(['billing'])
  })

  it('refuses who has no certificate, or one of another name, even of a name that objects have', async () => {
    for (const call of [from(), from('evil.shop.internal'), from('constructor', '__proto__')]) {
      expect(await rejection(serve(call))).to.include({ code: 'unauthenticated', outcome: 'not-run' })
    }
    expect(logger.lines[0]!.message).to.contain('without a certificate')
  })

  it('refuses options that make no sense', () => {
    expect(() => certified({ names: {} })).to.throw(TypeError, 'names is empty')
    expect(() => certified({ names: { a: 'b c' } })).to.throw(TypeError, '"b c" is not a name')
  })
})
