// A provider process of the rig. Argument: the URL of the registry. Ends with its parent.
import { silent } from '@kumquat/core'
import { open } from '@kumquat/registry'
import { implement, provider } from '@kumquat/rpc'
import { ECHO } from './echo.ts'
import { NO_CALLS } from './messages.ts'
import { onOrders, tell } from './parent.ts'
import { vitals } from './vitals.ts'

const store = await open(process.argv[2] ?? '')
tell({ session: store.session.current })
store.session.subscribe((session) => tell({ session }))
const providing = await provider({
  registry: store,
  services: [implement(ECHO, { echo: (n) => n })],
  logger: silent,
  quietMs: 50,
})
onOrders({
  measure: () => tell({ vitals: vitals(NO_CALLS) }),
  async leave() {
    await providing.stop()
    await store[Symbol.asyncDispose]()
  },
})
tell({ address: providing.address })
