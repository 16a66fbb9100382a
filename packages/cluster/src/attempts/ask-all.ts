import { type Invocation, type Reply, RpcError } from '@kumquat/core'
import { isSome, type Peer } from '../peer.ts'
import type { Targets } from '../strategy.ts'
import { isNotRun } from './repeatable.ts'

/** What one peer said. */
export type Answer =
  | { readonly peer: Peer; readonly reply: Reply }
  | { readonly peer: Peer; readonly reply?: never; readonly error: unknown }

export type Failed = Exclude<Answer, { readonly reply: Reply }>
export const isFailed = (answer: Answer): answer is Failed => answer.reply === undefined

/** How many peers are asked at one time unless told otherwise: a set may have thousands. */
export const DEFAULT_CONCURRENCY = 100

/** Checks and returns it. Throws `RangeError` with the number. */
export function assertConcurrency(concurrency: number): number {
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency
  throw new RangeError(`concurrency must be an integer of at least 1, got ${concurrency}`)
}

/**
 * Asks each candidate once, so many at one time, and gives their answers in the order of the set. Never rejects for what a
 * peer does; once the caller has gone the rest are not asked. Rejects with `unavailable`, `not-run` if there is nobody.
 */
export async function askAll(
  targets: Targets,
  invocation: Invocation,
  concurrency: number,
): Promise<readonly Answer[]> {
  const peers = targets.candidates(invocation)
  if (!isSome(peers)) targets.pick(peers, invocation)
  const answers = new Array<Answer>(peers.length)
  let next = 0
  const askOneByOne = async (): Promise<void> => {
    for (let index = next++; index < peers.length; index = next++) {
      answers[index] = await ask(peers[index]!, invocation)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, peers.length) }, askOneByOne))
  return answers
}

async function ask(peer: Peer, invocation: Invocation): Promise<Answer> {
  try {
    if (invocation.signal?.aborted)
      throw new RpcError('canceled', 'not sent: the caller has gone', { outcome: 'not-run' })
    return { peer, reply: await peer.invoke(invocation) }
  } catch (error) {
    return { peer, error }
  }
}

/** One error for the failures of several peers: of the code of the first, with `words`, and each failure in its details. */
export function failureOf(answers: readonly Answer[], failed: readonly Failed[], words: string): RpcError {
  const first = failed[0]!.error
  const details = failed.slice(0, MAX_TOLD).map(({ peer, error }) => ({ peer: peer.record.id, ...factsOf(error) }))
  const told = details.slice(0, MAX_NAMED).map(({ peer, message }) => `${peer}: ${message}`)
  const more = failed.length > told.length ? `, and ${failed.length - told.length} more` : ''
  return new RpcError(RpcError.is(first) ? first.code : 'unknown', `${words} (${told.join('; ')}${more})`, {
    outcome: failed.length < answers.length ? 'ran' : outcomeOf(failed),
    cause: first,
    details,
  })
}

/** In the message, and in the details. */
const MAX_NAMED = 3
const MAX_TOLD = 100

const factsOf = (error: unknown): { readonly code: string; readonly outcome: string; readonly message: string } =>
  RpcError.is(error)
    ? { code: error.code, outcome: error.outcome, message: error.message }
    : { code: 'unknown', outcome: 'unknown', message: error instanceof Error ? error.message : String(error) }

function outcomeOf(failed: readonly Failed[]): 'not-run' | 'unknown' | 'ran' {
  if (failed.every(({ error }) => isNotRun(error))) return 'not-run'
  return failed.some(({ error }) => RpcError.is(error) && error.outcome === 'ran') ? 'ran' : 'unknown'
}
