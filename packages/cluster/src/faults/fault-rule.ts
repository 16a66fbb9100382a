import { type Invocation, type Outcome, RPC_ERROR_CODES, type RpcErrorCode } from '@kumquat/core'
import { fields, flag, number, oneOf, percent, text } from '../matching/checked.ts'
import { type Conditions, callConditions } from '../matching/conditions.ts'

/** What is to go wrong on purpose, as data. */
export interface FaultRule {
  /** For people, in every error. Default `unnamed`. */
  readonly name?: string
  /** The calls it is about. Keys: `method`, `service`, `caller`, `attachments[name]`, `arguments[0].a.b`. Default: all. */
  readonly when?: Conditions
  readonly delay?: DelayFault
  /** Drawn for by itself, and after the delay. */
  readonly abort?: AbortFault
  /** Default true. */
  readonly enabled?: boolean
}

export interface DelayFault {
  /** Share of the calls, 0 to 100 with up to two decimals. */
  readonly percent: number
  /** 0 to 600 000. */
  readonly ms: number
}

export interface AbortFault {
  /** Share of the calls, 0 to 100 with up to two decimals. */
  readonly percent: number
  readonly code: RpcErrorCode
  /** Default: none but that the fault is injected. */
  readonly message?: string
  /** What the error says of the method, which was not entered: `unknown` tries how that is coped with. Default `not-run`. */
  readonly outcome?: Outcome
}

/** A rule read once, to be asked often. Without `delay` and `abort` there is nothing to do. */
export interface ReadFaultRule {
  readonly name: string
  readonly isAbout: (invocation: Invocation) => boolean
  readonly delay?: DelayFault
  readonly abort?: Required<AbortFault>
}

/** Checks a rule that comes from outside, and returns it. Throws `TypeError` naming the field and the value. */
export function faultRule(source: unknown): FaultRule {
  readFaultRule(source)
  return source as FaultRule
}

/** Throws `TypeError` naming the field and the value. */
export function readFaultRule(source: unknown): ReadFaultRule {
  const where = 'fault rule'
  const known = ['name', 'when', 'delay', 'abort', 'enabled']
  const { name, when = {}, delay, abort, enabled } = fields(source, where, known)
  const late = delay === undefined ? undefined : delayOf(delay, `${where}.delay`)
  const broken = abort === undefined ? undefined : abortOf(abort, `${where}.abort`)
  const isOn = flag(enabled, `${where}.enabled`, true)
  return {
    name: text(name, `${where}.name`, 'unnamed'),
    isAbout: callConditions(when, `${where}.when`),
    ...(isOn && late !== undefined && late.percent > 0 && { delay: late }),
    ...(isOn && broken !== undefined && broken.percent > 0 && { abort: broken }),
  }
}

function delayOf(source: unknown, where: string): DelayFault {
  const { percent: share, ms } = fields(source, where, ['percent', 'ms'])
  return { percent: percent(share, `${where}.percent`), ms: number(ms, `${where}.ms`, 0, MAX_DELAY_MS) }
}

function abortOf(source: unknown, where: string): Required<AbortFault> {
  const { percent: share, code, message, outcome } = fields(source, where, ['percent', 'code', 'message', 'outcome'])
  return {
    percent: percent(share, `${where}.percent`),
    code: oneOf(code, `${where}.code`, RPC_ERROR_CODES),
    message: text(message, `${where}.message`, ''),
    outcome: oneOf(outcome, `${where}.outcome`, ['not-run', 'unknown', 'ran'], 'not-run'),
  }
}

const MAX_DELAY_MS = 600_000
