import type { Scenario } from '../scenario.ts'
import { churn } from './churn.ts'
import { coldStart } from './cold-start.ts'
import { flap } from './flap.ts'
import { gray } from './gray.ts'
import { massEjection } from './mass-ejection.ts'
import { metastable } from './metastable.ts'
import { retryStorm } from './retry-storm.ts'
import { scale } from './scale.ts'
import { slowHost } from './slow-host.ts'
import { spread } from './spread.ts'
import { subset } from './subset.ts'

/** In the order in which they are run. */
export const SCENARIOS: readonly Scenario[] = [
  spread,
  slowHost,
  churn,
  retryStorm,
  metastable,
  flap,
  coldStart,
  gray,
  massEjection,
  subset,
  scale,
]
