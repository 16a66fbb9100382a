import { type Filter, type Invocation, type Reply, RpcError } from '@kumquat/core'
import { memory } from '@kumquat/registry'
import { consumer, currentCall, method, provider, type ServedCall, service } from '@kumquat/rpc'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'

/** Says with each call for which tenant it is. */
export function forTenant(tenant: string): Filter<Invocation, Reply> {
  return (next) => (call) => next({ ...call, attachments: { ...call.attachments, tenant } })
}

/** Lets in calls for tenants that are served here. */
export function tenantsOnly(served: ReadonlySet<string>): Filter<ServedCall, Reply> {
  return (next) => (call) => {
    const { tenant = '' } = call.attachments
    if (served.has(tenant)) return next(call)
    const message = `tenant ${JSON.stringify(tenant)} is not served here; ask the provider of that tenant`
    return Promise.reject(new RpcError('failed_precondition', message, { outcome: 'not-run' }))
  }
}

@service({ app: 'shop', group: 'orders' })
class Orders {
  @method()
  place(): string {
    const { tenant } = currentCall()!.attachments
    return `placed for ${tenant}`
  }
}

describe('tenants', () => {
  it('are served where they belong', async () => {
    const registry = memory()
    const filters = [tenantsOnly(new Set(['acme']))]
    await using _ = await provider({ registry, services: [new Orders()], filters, signals: [], quietMs: 0 })
    await using acme = await consumer({ registry, filters: [forTenant('acme')] })
    await using other = await consumer({ registry, filters: [forTenant('other')] })

    expect(await acme.client(Orders).place()).to.equal('placed for acme')
    expect((await rejection(other.client(Orders).place())).message).to.contain('"other" is not served here')
  })
})
