import { chain, cluster, type Peer, type Peers, roundRobin, type Strategy } from '@kumquat/cluster'
import { Cell, type Invocation, type Invoker, type ProviderRecord, type Reply, RpcError } from '@kumquat/core'
import { record } from '../parts.ts'

/** One attempt at a peer, to be ended by hand. It fails as canceled when its signal aborts. */
export interface Attempt {
  readonly id: string
  readonly invocation: Invocation
  answer(value: unknown): void
  fail(error: unknown): void
}

export interface Stage {
  readonly live: Cell<Peers>
  readonly attempts: readonly Attempt[]
  readonly invoke: Invoker
  /** The reply or the error of a call. */
  readonly outcomeOf: (invocation: Invocation) => Promise<unknown>
  /** What happens to each attempt as it begins. Default: nothing. */
  onAttempt: (attempt: Attempt, n: number) => void
}

/** A cluster of so many peers, asked in turn, whose attempts a test ends. */
export function stage(
  size: number,
  strategy: Strategy,
  known: (n: number) => Partial<ProviderRecord> = () => ({}),
): Stage {
  const attempts: Attempt[] = []
  const invokerOf =
    (id: string): Invoker =>
    (invocation) =>
      new Promise<Reply>((resolve, reject) => {
        const { signal } = invocation
        const end = (settle: () => void) => () => {
          signal?.removeEventListener('abort', cancel)
          settle()
        }
        const cancel = (): void =>
          end(() => reject(new RpcError('canceled', 'called off', { cause: signal?.reason })))()
        const attempt: Attempt = {
          id,
          invocation,
          answer: (value) => end(() => resolve({ value }))(),
          fail: (error) => end(() => reject(error))(),
        }
        attempts.push(attempt)
        if (signal?.aborted) cancel()
        else signal?.addEventListener('abort', cancel)
        self.onAttempt(attempt, attempts.length)
      })
  const peers = Array.from({ length: size }, (_, n): Peer => {
    const own = record(n, known(n))
    return { record: own, status: 'open', load: () => 0, invoke: invokerOf(own.id) }
  })
  const live = new Cell<Peers>(peers)
  const invoke = cluster({ peers: live, route: chain(), balance: roundRobin({ rng: () => 0 }), strategy })
  const self: Stage = {
    live,
    attempts,
    invoke,
    outcomeOf: (invocation: Invocation) => invoke(invocation).catch((error: unknown) => error),
    onAttempt: () => {},
  }
  return self
}

export const failing = (
  outcome: 'not-run' | 'unknown' | 'ran',
  facts: { retryAfterMs?: number; retryable?: boolean } = {},
) => new RpcError('unavailable', outcome, { outcome, ...facts })
