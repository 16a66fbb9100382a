import {
  type Clock,
  type Filter,
  type Invocation,
  type Invoker,
  type Live,
  type Outcome,
  type Reply,
  type Rng,
  RpcError,
  type RpcErrorCode,
  remainingMs,
  sleep,
  systemClock,
  systemRng,
} from '@kumquat/core'
import { lastGood } from '../matching/last-good.ts'
import { type AbortFault, type FaultRule, readFaultRule } from './fault-rule.ts'

export interface InjectFaultsOptions {
  readonly clock?: Clock
  readonly rng?: Rng
  /** Told of a mistake in a rule that came later; the one before it stays. Must not throw. Default: ignored. */
  readonly onError?: (error: unknown) => void
}

/**
 * Delays and fails a share of the calls on purpose, without their method being entered. Every such error is marked: its
 * message begins with `injected fault`, and `isInjected` knows it. A delay ends early with the deadline and with the abort
 * signal of the call. As Envoy's HTTP fault filter (gRFC A33). Throws `TypeError` at once if the rule has a mistake.
 */
export function injectFaults(
  rule: Live<FaultRule>,
  { clock = systemClock, rng = systemRng, onError = ignore }: InjectFaultsOptions = {},
): Filter<Invocation, Reply> {
  const read = lastGood(rule, readFaultRule, onError)
  return (next) => (invocation) => {
    const { name, isAbout, delay, abort } = read()
    if ((delay === undefined && abort === undefined) || !isAbout(invocation)) return next(invocation)
    const isLate = delay !== undefined && rng() * 100 < delay.percent
    const isBroken = abort !== undefined && rng() * 100 < abort.percent
    return isLate || isBroken
      ? disturbed(next, invocation, {
          name,
          delayMs: isLate ? delay.ms : 0,
          abort: isBroken ? abort : undefined,
          clock,
        })
      : next(invocation)
  }
}

/** Whether an error was injected, here or by whom we called. */
export const isInjected = (error: unknown): boolean =>
  RpcError.is(error) &&
  (error.details ?? []).some((detail) => typeof detail === 'object' && detail !== null && MARK in detail)

const MARK = 'injectedFault'

interface Disturbance {
  readonly name: string
  readonly delayMs: number
  readonly abort: Required<AbortFault> | undefined
  readonly clock: Clock
}

async function disturbed(
  next: Invoker,
  invocation: Invocation,
  { name, delayMs, abort, clock }: Disturbance,
): Promise<Reply> {
  const { signal } = invocation
  if (delayMs > 0) await sleep(clock, Math.min(delayMs, remainingMs(invocation, clock)), signal)
  if (signal?.aborted) {
    throw new RpcError('canceled', `${invocation.method} was canceled by its caller, during an injected delay`, {
      outcome: 'not-run',
      cause: signal.reason,
    })
  }
  const injected = (code: RpcErrorCode, message: string, outcome: Outcome): RpcError =>
    new RpcError(code, `injected fault ${JSON.stringify(name)}${message}`, { outcome, details: [{ [MARK]: name }] })
  if (delayMs > 0 && remainingMs(invocation, clock) <= 0) {
    throw injected('deadline_exceeded', `: the deadline of ${invocation.method} passed during its delay`, 'not-run')
  }
  if (abort !== undefined) {
    throw injected(abort.code, abort.message === '' ? '' : `: ${abort.message}`, abort.outcome)
  }
  return next(invocation)
}

const ignore = (): void => {}
