import type { Invocation, Reply } from '@kumquat/core'

/** How busy one peer is. */
export interface Load {
  /** Lower is freer, 0 or more. Compared only with values of the same metric. */
  readonly value: number
  /** Marks a call begun; the result is called once, when it has ended. */
  begin(invocation: Invocation): CallEnded
}

/** With the reply, or with `undefined` and what was thrown. */
export type CallEnded = (reply: Reply | undefined, error?: unknown) => void

/** Makes a fresh gauge for each peer. Its identity names the metric: who passes the same one reads the same gauge. */
export type LoadMetric = () => Load
