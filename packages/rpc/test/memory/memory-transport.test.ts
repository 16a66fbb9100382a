import { memoryTransport } from '@kumquat/rpc'
import { transportContract } from '../transport-contract.ts'

transportContract('the memory transport', memoryTransport)
