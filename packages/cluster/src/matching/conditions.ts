import type { Invocation } from '@kumquat/core'
import type { Peer } from '../peer.ts'
import { type CallFact, callFact } from './call-fact.ts'
import { object, shown } from './checked.ts'
import { peerFact } from './peer-fact.ts'
import { type Pattern, type ValuePattern, valuePattern } from './value-pattern.ts'

/** What facts must be, by key; all of them must hold. */
export type Conditions = Readonly<Record<string, Pattern>>

/** Conditions read once, to be asked often. */
export interface Matcher<Subject> {
  matches(subject: Subject, invocation: Invocation): boolean
  /** The first fact that does not fit, in words. */
  misfit(subject: Subject, invocation: Invocation): string | undefined
  /** The facts of a call that the answer depends on, beside the subject. */
  readonly references: readonly CallFact[]
}

/** Reads conditions on a call; the keys are those of `callFact`. Throws `TypeError` naming the place and the value. */
export function callConditions(source: unknown, where: string): (invocation: Invocation) => boolean {
  const { matches } = matcher(source, where, callFact)
  return (invocation) => matches(invocation, invocation)
}

/** Reads conditions on a peer; the keys are those of `peerFact`. Throws `TypeError` naming the place and the value. */
export const peerConditions = (source: unknown, where: string): Matcher<Peer> => matcher(source, where, peerFact)

interface Clause<Subject> {
  readonly key: string
  readonly fact: (subject: Subject) => string | undefined
  readonly pattern: ValuePattern
}

function matcher<Subject>(
  source: unknown,
  where: string,
  factOf: (key: string, where: string) => (subject: Subject) => string | undefined,
): Matcher<Subject> {
  const clauses = Object.entries(object(source, where)).map(
    ([key, values]): Clause<Subject> => ({
      key,
      fact: factOf(key, where),
      pattern: valuePattern(values, `${where}[${shown(key)}]`),
    }),
  )
  const broken = (subject: Subject, invocation: Invocation): Clause<Subject> | undefined => {
    for (const clause of clauses) if (!clause.pattern.matches(clause.fact(subject), invocation)) return clause
    return undefined
  }
  return {
    matches: (subject, invocation) => broken(subject, invocation) === undefined,
    misfit(subject, invocation) {
      const clause = broken(subject, invocation)
      if (clause === undefined) return undefined
      const value = clause.fact(subject)
      return value === undefined ? `it has no ${clause.key}` : `its ${clause.key} is ${shown(value)}`
    },
    references: clauses.flatMap(({ pattern }) => pattern.references),
  }
}
