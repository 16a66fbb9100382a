import { shortestResponse } from '@kumquat/cluster'
import { balancerContract, weightedContract } from './contract.ts'

balancerContract('shortestResponse', (rng) => shortestResponse({ rng }))
weightedContract('shortestResponse', (rng) => shortestResponse({ rng }))
