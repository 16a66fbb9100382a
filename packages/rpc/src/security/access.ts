import { lastGood } from '@kumquat/cluster'
import {
  Cell,
  type Filter,
  formatServiceKey,
  type Invocation,
  type Live,
  type Logger,
  type Reply,
  RpcError,
} from '@kumquat/core'
import { consoleLogger } from '../console-logger.ts'
import type { ServedCall } from '../transport.ts'
import { type AccessRule, type ReadAccessRule, readAccessRules } from './access-rule.ts'

export interface AccessOptions {
  /**
   * At most 1 000, in any order: one that denies wins over all that allow. A `Live` list is followed from call to call; a
   * mistake in a later one is logged, and the last good one stays.
   */
  readonly rules: readonly AccessRule[] | Live<readonly AccessRule[]>
  /** What becomes of calls that no rule is about. Default `deny`. */
  readonly default?: AccessRule['effect']
  /** Learns of mistakes in later rules, and at level `info` of every refusal. Default: warnings to standard error. */
  readonly logger?: Logger
}

/** A filter, and the reason for what it does. */
export interface Access extends Filter<ServedCall, Reply> {
  /** What becomes of such a call by the rules of this moment, and why. */
  explain(call: Invocation): AccessVerdict
}

export interface AccessVerdict {
  readonly effect: AccessRule['effect']
  /** The name of the rule that decided; absent if none is about the call. */
  readonly rule?: string
}

/**
 * Lets in what the rules allow; the rest is refused with `permission_denied`, `not-run`. Rules see the caller that was
 * proven by `authenticated()` or `certified()`; without either they see a claim that anybody can make.
 *
 * @throws TypeError naming the rule, the place and the value.
 */
export function access({ rules, default: otherwise = 'deny', logger = consoleLogger() }: AccessOptions): Access {
  if (otherwise !== 'allow' && otherwise !== 'deny')
    throw new TypeError(`default must be "allow" or "deny", got ${JSON.stringify(otherwise)}`)
  const current = lastGood(isLive(rules) ? rules : new Cell(rules), readAccessRules, (error) =>
    logger.error({ error }, 'new access rules are wrong: the ones before stay'),
  )
  const explain = (call: Invocation): AccessVerdict => decide(current(), call, otherwise)
  const filter: Filter<ServedCall, Reply> = (next) => (call) => {
    const { effect, rule } = explain(call)
    if (effect === 'allow') return next(call)
    const method = `${formatServiceKey(call.service)}/${call.method}`
    logger.info({ method, caller: call.caller, rule }, 'a call was refused by the rules of access')
    return Promise.reject(denied(method, call.caller))
  }
  return Object.assign(filter, { explain })
}

const isLive = (rules: AccessOptions['rules']): rules is Live<readonly AccessRule[]> =>
  typeof rules === 'object' && rules !== null && 'current' in rules

function decide(rules: readonly ReadAccessRule[], call: Invocation, otherwise: AccessRule['effect']): AccessVerdict {
  let allowed: AccessVerdict | undefined
  for (const { name, effect, isAbout } of rules) {
    if ((effect === 'allow' && allowed !== undefined) || !isAbout(call)) continue
    if (effect === 'deny') return { effect, rule: name }
    allowed = { effect, rule: name }
  }
  return allowed ?? { effect: otherwise }
}

function denied(method: string, caller: string): RpcError {
  const who = caller === '' ? 'a caller without a name' : `caller "${caller}"`
  const message = `${method} was not run: ${who} may not call it; ask the owner of the service for a rule that allows it`
  return new RpcError('permission_denied', message, { outcome: 'not-run' })
}
