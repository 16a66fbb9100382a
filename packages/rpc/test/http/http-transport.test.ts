import { silent } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { transportContract } from '../transport-contract.ts'

transportContract('HTTP', (caller) => ({ connect: httpConnect({ caller, logger: silent }), listen: httpListen() }))
