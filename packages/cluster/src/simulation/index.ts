export {
  type DeployOptions,
  type FlappingOptions,
  flapping,
  rollingDeploy,
} from './bad-days.ts'
export type { Slice } from './call-log.ts'
export {
  type BimodalOptions,
  bimodal,
  constant,
  type Distribution,
  exponential,
  lognormal,
  uniform,
} from './distributions.ts'
export { omniscient } from './omniscient.ts'
export type { Percentiles } from './percentiles.ts'
export { describeReport, type Report, type ServerReport, type Spread } from './report.ts'
export type { ServerOptions, SimulatedServer } from './simulated-server.ts'
export {
  type ClientParts,
  type RunOptions,
  type Simulation,
  type SimulationOptions,
  simulation,
} from './simulation.ts'
export { type RecoveryOptions, timeToRecover } from './time-to-recover.ts'
export { VirtualClock } from './virtual-clock.ts'
