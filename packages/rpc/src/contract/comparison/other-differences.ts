import { canonicalJson } from '../published/canonical-json.ts'
import type { Difference, Keywords } from './contract-change.ts'
import { keyword } from './keywords.ts'

/** By the keywords that are not looked into: one more lets less through, one less lets more through. */
export function otherDifferences(before: Keywords, after: Keywords): readonly Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].flatMap((name): readonly Difference[] => {
    if (LOOKED_INTO.has(name)) return []
    const [was, is] = [shownIn(before, name), shownIn(after, name)]
    // What a reference leads to may have changed though the reference has not.
    if (was === is && name !== '$dynamicRef' && !/"\$(?:ref|dynamicRef)":/.test(was)) return []
    const shown = name.slice(0, 100)
    if (was === is || !ALONE.has(name) || (was !== '' && is !== '')) {
      return [{ kind: 'changed', message: `its ${shown} is another, and nobody can tell what fits` }]
    }
    return [
      was === ''
        ? { kind: 'narrowed', message: `it has a ${shown} now` }
        : { kind: 'widened', message: `its ${shown} is gone` },
    ]
  })
}

/** Each says of a value what it says, whatever stands beside it. */
const ALONE: ReadonlySet<string> = new Set([
  ...['pattern', 'format', 'multipleOf', 'uniqueItems', 'contentEncoding', 'contentMediaType'],
  ...['not', 'propertyNames', 'dependentRequired', 'dependentSchemas'],
])

const LOOKED_INTO: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'const', 'properties', 'required', 'additionalProperties', 'prefixItems', 'items'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties', 'anyOf', 'oneOf', 'allOf'],
])

function shownIn(schema: Keywords, name: string): string {
  const value = keyword(schema, name)
  // The same as not to say it.
  return value === undefined || (name === 'uniqueItems' && value === false) ? '' : canonicalJson(value)
}
