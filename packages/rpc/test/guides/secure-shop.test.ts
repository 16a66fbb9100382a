import { memory } from '@kumquat/registry'
import {
  type AccessRule,
  access,
  authenticated,
  consumer,
  currentCall,
  method,
  provider,
  service,
  signed,
} from '@kumquat/rpc'
import { recordingLogger } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'

@service({ app: 'shop', group: 'tills' })
class Tills {
  @method({ idempotent: true })
  balance(): number {
    return 42
  }

  @method()
  refund(order: number): string {
    return `${order} refunded for ${currentCall()?.caller}`
  }
}

describe('a shop that lets in whom it knows', () => {
  const registry = memory()
  // From the environment or a file, never from the registry or the code.
  const secret = { web: 'the secret of the web, 2026', office: 'the secret of the office' }
  const rules: readonly AccessRule[] = [
    { name: 'all who are known read', effect: 'allow', when: { method: 'balance' } },
    { name: 'the office refunds', effect: 'allow', when: { caller: 'office', method: 'refund' } },
  ]

  it('serves a caller what its rules allow, and nobody without a key', async () => {
    await using _ = await provider({
      registry,
      services: [new Tills()],
      auth: authenticated({
        keys: [
          { id: 'web-2026', secret: secret.web, callers: ['web'] },
          { id: 'office-1', secret: secret.office, callers: ['office'] },
        ],
        logger: recordingLogger(),
      }),
      access: access({ rules }),
      signals: [],
      quietMs: 0,
    })
    const web = signed({ keyId: 'web-2026', secret: secret.web })
    await using shop = await consumer({ registry, caller: 'web', attemptFilters: [web] })
    const office = signed({ keyId: 'office-1', secret: secret.office })
    await using back = await consumer({ registry, caller: 'office', attemptFilters: [office] })
    await using stranger = await consumer({ registry, caller: 'office' })

    expect(await shop.client(Tills).balance()).to.equal(42)
    expect(await back.client(Tills).refund(7)).to.equal('7 refunded for office')
    expect((await rejection(shop.client(Tills).refund(7))).code).to.equal('permission_denied')
    expect((await rejection(stranger.client(Tills).balance())).code).to.equal('unauthenticated')
  })
})
