import type { Fault } from './fault.ts'
import { leaderStopped } from './leader-stopped.ts'
import { cut, halfOpen, holderCut, slowAnswers } from './line-faults.ts'
import { loopBlocked } from './loop-blocked.ts'
import { machineDead } from './machine-dead.ts'
import { providerKilled } from './provider-killed.ts'
import { serverRestarted, serverWiped } from './server-restarted.ts'
import { sessionExpired } from './session-expired.ts'
import { writesRefused } from './writes-refused.ts'

/** Every bad day, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  providerKilled,
  machineDead,
  serverRestarted,
  serverWiped,
  cut,
  holderCut,
  halfOpen,
  slowAnswers,
  sessionExpired,
  loopBlocked,
  writesRefused,
  leaderStopped,
]
