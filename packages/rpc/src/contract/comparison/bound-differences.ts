import type { Difference, Keywords } from './contract-change.ts'
import { keyword } from './keywords.ts'

/** By the numbers that bound a value, a length or a count. */
export function boundDifferences(before: Keywords, after: Keywords): readonly Difference[] {
  return BOUNDS.flatMap(({ name, inclusive, exclusive, sign, none }) => {
    const boundOf = (schema: Keywords) => tightest(schema, inclusive, exclusive, sign, none)
    const [was, is] = [boundOf(before), boundOf(after)]
    if (was.value === is.value && was.excluded === is.excluded) return []
    const isTighter = is.value === was.value ? is.excluded : is.value * sign > was.value * sign
    return [{ kind: isTighter ? 'narrowed' : 'widened', message: `its ${name} was ${shown(was)} and is ${shown(is)}` }]
  })
}

interface Bound {
  readonly value: number
  /** Whether the number itself does not fit. */
  readonly excluded: boolean
}

const LOWER = { sign: 1, none: Number.NEGATIVE_INFINITY }
const UPPER = { sign: -1, none: Number.POSITIVE_INFINITY }
const COUNT = { sign: 1, none: 0 }

const BOUNDS: readonly {
  readonly name: string
  readonly inclusive: string
  readonly exclusive?: string
  /** 1 where a greater number lets less through. */
  readonly sign: number
  /** What holds when nothing is said. */
  readonly none: number
}[] = [
  { name: 'minimum', inclusive: 'minimum', exclusive: 'exclusiveMinimum', ...LOWER },
  { name: 'maximum', inclusive: 'maximum', exclusive: 'exclusiveMaximum', ...UPPER },
  { name: 'shortest length', inclusive: 'minLength', ...COUNT },
  { name: 'greatest length', inclusive: 'maxLength', ...UPPER },
  { name: 'least number of elements', inclusive: 'minItems', ...COUNT },
  { name: 'greatest number of elements', inclusive: 'maxItems', ...UPPER },
  { name: 'least number of fields', inclusive: 'minProperties', ...COUNT },
  { name: 'greatest number of fields', inclusive: 'maxProperties', ...UPPER },
]

function tightest(schema: Keywords, inclusive: string, exclusive = '', sign: number, none: number): Bound {
  const [with_, without] = [numberIn(schema, inclusive), numberIn(schema, exclusive)]
  if (without !== undefined && (with_ === undefined || without * sign >= with_ * sign)) {
    return { value: without, excluded: true }
  }
  return { value: with_ ?? none, excluded: false }
}

function numberIn(schema: Keywords, name: string): number | undefined {
  const value = keyword(schema, name)
  return typeof value === 'number' ? value : undefined
}

const shown = ({ value, excluded }: Bound): string =>
  Number.isFinite(value) ? `${value}${excluded ? ' (excluded)' : ''}` : 'none'
