import { p2c, peakEwma, pending } from '@kumquat/cluster'
import { handClock } from '@kumquat/core/testing'
import { balancerContract, weightedContract } from './contract.ts'

const ewma = () => peakEwma({ clock: handClock() })
balancerContract('p2c', (rng) => p2c({ load: ewma(), rng }))
weightedContract('p2c', (rng) => p2c({ load: ewma(), rng }))
balancerContract('p2c over pending', (rng) => p2c({ load: pending, rng }))
weightedContract('p2c over pending', (rng) => p2c({ load: pending, rng }))
