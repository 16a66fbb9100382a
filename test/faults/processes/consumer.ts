// A consumer process of the rig, which calls steadily. Argument: the URL of the registry. Ends with its parent.
import { silent } from '@kumquat/core'
import { open } from '@kumquat/registry'
import { consumer } from '@kumquat/rpc'
import { ECHO } from './echo.ts'
import { onOrders, tell } from './parent.ts'
import { SteadyCalls } from './steady-calls.ts'
import { vitals } from './vitals.ts'

const store = await open(process.argv[2] ?? '')
tell({ session: store.session.current })
store.session.subscribe((session) => tell({ session }))
const consuming = await consumer({ registry: store, logger: silent })
const peers = consuming.peers(ECHO)
const tellSet = (): void => tell({ set: peers.current.map(({ record }) => record.id) })
peers.subscribe(tellSet)
const steady = new SteadyCalls(consuming.client(ECHO))
onOrders({
  measure: () => tell({ vitals: vitals(steady.calls) }),
  calling: (on) => (on ? steady.start() : steady.stop()),
  async leave() {
    await consuming[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
  },
})
tellSet()
