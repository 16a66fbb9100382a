import { memoryTransport } from '@kumquat/rpc'
import { streamContract } from '../stream-contract.ts'

streamContract('the memory transport', (options) => memoryTransport(options))
