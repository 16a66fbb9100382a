export type { CallLimits } from '../http/http-listen-options.ts'
export { type KumquatDecoration, type KumquatOptions, type KumquatPlugin, kumquat } from './kumquat.ts'
