import type { Invocation } from '@kumquat/core'
import { type CallFact, callFact } from './call-fact.ts'
import { list, mistake, shown } from './checked.ts'

/**
 * What a value may be, as data. A text is meant to the letter, except
 * - `a*z`: anything may stand at each `*`; `*` alone is any value at all. With text between two stars, as in `*b*`, a
 *   value of more than 10 000 characters does not fit;
 * - `1~100`, `1~`, `~100`: a number within, ends included;
 * - `$caller`, `$arguments[0].id`…: what the call itself has there, to the letter, if that is no longer than a pattern;
 * - `!…`: none of these, whatever else is said;
 * - `=…`: what follows, to the letter.
 * A pattern has at most 1 000 characters. In a list one is enough. A value that is absent is none of them, so only `!` fits it.
 */
export type Pattern = string | number | boolean | readonly (string | number | boolean)[]

export interface ValuePattern {
  readonly matches: (value: string | undefined, invocation: Invocation) => boolean
  /** The facts of a call that the answer depends on. */
  readonly references: readonly CallFact[]
}

/** Reads a pattern. Throws `TypeError` naming the place and the value. */
export function valuePattern(source: unknown, where: string): ValuePattern {
  const terms = Array.isArray(source)
    ? list(source, where).map((one, index) => term(one, `${where}[${index}]`))
    : [term(source, where)]
  if (terms.length === 0) throw new TypeError(`${where} is empty: name at least one value, "*" for any`)
  const refused = terms.filter(({ negated }) => negated)
  const isWanted = refused.length === terms.length ? always : anyOf(terms.filter(({ negated }) => !negated))
  const isRefused = anyOf(refused)
  return {
    matches:
      refused.length === 0
        ? isWanted
        : (value, invocation) => isWanted(value, invocation) && !isRefused(value, invocation),
    references: terms.flatMap(({ reference }) => reference ?? []),
  }
}

type Test = (value: string, invocation: Invocation) => boolean

interface Term {
  readonly negated: boolean
  /** The only text it stands for. */
  readonly literal?: string
  readonly test?: Test
  readonly reference?: CallFact
}

type Matches = ValuePattern['matches']

const always: Matches = () => true

/** Texts by one look-up, however many; the other terms in turn. */
function anyOf(terms: readonly Term[]): Matches {
  const literals = new Set(terms.flatMap(({ literal }) => literal ?? []))
  const tests = terms.flatMap(({ test }) => test ?? [])
  if (tests.length === 0) return (value) => value !== undefined && literals.has(value)
  return (value, invocation) =>
    value !== undefined && (literals.has(value) || tests.some((test) => test(value, invocation)))
}

function term(source: unknown, where: string): Term {
  if (typeof source === 'boolean' || (typeof source === 'number' && Number.isFinite(source))) {
    return { negated: false, literal: String(source) }
  }
  if (typeof source !== 'string' || source === '' || source.length > MAX_LENGTH) {
    throw mistake(where, `must be a text of 1 to ${MAX_LENGTH} characters, a number or a flag`, source)
  }
  const negated = source.startsWith('!')
  return { negated, ...positive(negated ? source.slice(1) : source, where) }
}

function positive(text: string, where: string): Omit<Term, 'negated'> {
  if (text === '') throw new TypeError(`${where} is "!" and nothing else: "!*" is for who has no value`)
  if (text.startsWith('=')) return { literal: text.slice(1) }
  if (text.startsWith('$')) {
    const fact = callFact(text.slice(1), where)
    const reference: CallFact = (invocation) => short(fact(invocation))
    return { reference, test: (value, invocation) => reference(invocation) === value }
  }
  if (text.includes('~')) return { test: range(text, where) }
  if (text.includes('*')) return { test: wildcard(text) }
  return { literal: text }
}

/** Answers are remembered by it, so it must not be of any size. */
const short = (text: string | undefined): string | undefined =>
  text === undefined || text.length > MAX_LENGTH ? undefined : text

function range(text: string, where: string): Test {
  const [least, most, ...more] = text.split('~').map((end, index) => (end === '' ? OPEN[index] : numberOf(end)))
  if (least === undefined || most === undefined || more.length > 0 || text === '~') {
    throw new TypeError(
      `${where} is no range of numbers: ${shown(text)}; write 1~100, 1~ or ~100, or "=…" for the text`,
    )
  }
  if (least > most) throw new TypeError(`${where} is an empty range: ${shown(text)}`)
  return (value) => {
    const number = numberOf(value)
    return number !== undefined && number >= least && number <= most
  }
}

/** Each piece after the one before it, as early as possible. A search is quadratic at worst, so long texts are refused. */
function wildcard(text: string): Test {
  const pieces = text.split('*')
  const first = pieces[0]!
  const last = pieces.at(-1)!
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '')
  return (value) => {
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false
    if (middle.length > 0 && value.length > MAX_SEARCHED) return false
    const end = value.length - last.length
    let at = first.length
    for (const piece of middle) {
      const found = value.indexOf(piece, at)
      if (found < 0 || found + piece.length > end) return false
      at = found + piece.length
    }
    return true
  }
}

const numberOf = (text: string): number | undefined => (NUMBER.test(text) ? Number(text) : undefined)

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i
/** The ends of a range that names none. */
const OPEN = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
const MAX_LENGTH = 1_000
const MAX_SEARCHED = 10_000
