import { DubboDirectlyInvoker, java } from 'apache-dubbo-consumer'
import { DubboService } from 'apache-dubbo-service'
import { work } from '../work.mjs'

// dubbo-js: the protocol of Dubbo 2 with Hessian. Its client over one server each, in turn; its registry is left out.

const NAME = 'bench.items.Items'

export async function serve() {
  const nowhere = { ready: async () => {}, registerServices: async () => {}, close() {} }
  const service = new DubboService({
    registry: nowhere,
    services: { items: { dubboInterface: NAME, version: '0.0.0', methods: { getItem: async (asked) => work(asked) } } },
  })
  await service.ready()
  return `127.0.0.1:${service.port}`
}

export async function connect(addresses) {
  const invokers = addresses.map((dubboHost) => {
    const methods = { getItem: (asked) => [java.Map(asked)] }
    return DubboDirectlyInvoker.from({ dubboHost }).proxyService({ dubboInterface: NAME, version: '0.0.0', methods })
  })
  let turn = 0
  return async (asked) => {
    const { res, err } = await invokers[turn++ % invokers.length].getItem(asked)
    if (err) throw err
    return res
  }
}
