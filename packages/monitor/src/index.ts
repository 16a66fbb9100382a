export type { Snapshot } from './dashboard/model.ts'
