import { parseArgs } from 'node:util'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios/index.ts'

export interface SimulateOptions {
  readonly scenarios: readonly Scenario[]
  readonly seed: number
}

/** Reads the command line. Throws `TypeError` naming what it does not know. */
export function readOptions(args: readonly string[]): SimulateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      // The last line is JSON in any case.
      json: { type: 'boolean' },
      scenario: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  })
  if (!/^\d{1,9}$/.test(values.seed)) throw new TypeError(`--seed ${values.seed} is no whole number`)
  return { scenarios: chosen(values.scenario), seed: Number(values.seed) }
}

function chosen(text: string | undefined): readonly Scenario[] {
  if (text === undefined) return SCENARIOS
  const asked = text.split(',')
  const known = SCENARIOS.map(({ name }) => name)
  const unknown = asked.find((one) => !known.includes(one))
  if (unknown !== undefined) throw new TypeError(`--scenario ${unknown} is not known; known are ${known.join(', ')}`)
  return SCENARIOS.filter(({ name }) => asked.includes(name))
}
