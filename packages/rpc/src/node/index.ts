export type { CallLimits } from '../http/http-listen-options.ts'
export { type Handler, handler } from './handler.ts'
