import { type Invocation, RpcError } from '@kumquat/core'
import type { Peers } from '../peer.ts'
import { textOf, thrownBy } from './client-endpoint.ts'
import type { Merging } from './plan.ts'

/** Calls all clients at once, waits for each, and merges the results. Rejects if one fails; in part, if each does. */
export async function toAll(all: Peers, invocation: Invocation, { merge, partial }: Merging): Promise<unknown> {
  const settled = await Promise.allSettled(all.map(({ invoke }) => invoke(invocation)))
  const names: string[] = []
  const results: unknown[] = []
  const failures: Failure[] = []
  for (const [index, { record }] of all.entries()) {
    const one = settled[index]!
    if (one.status === 'rejected') failures.push({ client: record.id, reason: one.reason })
    else {
      names.push(record.id)
      results.push(one.value.value)
    }
  }
  const isEnough = failures.length === 0 || (partial && results.length > 0)
  if (!isEnough) throw incomplete(invocation, all.length, failures)
  return merge(results, names)
}

interface Failure {
  readonly client: string
  readonly reason: unknown
}

function incomplete({ method }: Invocation, asked: number, failures: readonly Failure[]): RpcError {
  const causes = failures.map(({ reason }) => thrownBy(reason))
  const told = failures.map(({ client }, index) => `${client}: ${textOf(causes[index])}`).join('; ')
  const neverRan = failures.length === asked && failures.every(({ reason }) => isNotRun(reason))
  return new RpcError('unavailable', `${method} failed at ${failures.length} of ${asked} clients (${told})`, {
    outcome: neverRan ? 'not-run' : 'unknown',
    cause: new AggregateError(causes, told),
  })
}

const isNotRun = (error: unknown): boolean => RpcError.is(error) && error.outcome === 'not-run'
