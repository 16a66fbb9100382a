import { parseArgs } from 'node:util'
import { FAULTS } from './faults/index.ts'
import type { BackendName, Trial } from './grounds/ground.ts'
import { GROUNDS } from './grounds/index.ts'

export interface FaultsOptions {
  readonly backends: readonly BackendName[]
  readonly trials: readonly Trial[]
  readonly faults: readonly string[]
  /** How many faults by chance, per backend. */
  readonly random: number
  readonly seed: number
}

const TRIALS: readonly Trial[] = ['faults', 'random', 'start', 'scale']

/** Of each kind of fault one: two minutes in all. */
const QUICK = ['provider-killed', 'server-restarted', 'holder-cut', 'writes-refused']

/** Reads the command line. Throws `TypeError` naming what it does not know. */
export function readOptions(args: readonly string[]): FaultsOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean' },
      quick: { type: 'boolean', default: false },
      backend: { type: 'string' },
      fault: { type: 'string' },
      random: { type: 'string' },
      start: { type: 'boolean', default: false },
      scale: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
    },
  })
  const { quick, backend, fault, random = '100', seed } = values
  const allFaults = FAULTS.map(({ name }) => name)
  const asked = TRIALS.filter((trial) => (trial === 'faults' ? fault !== undefined || quick : values[trial]))
  return {
    backends: chosen('backend', backend, Object.keys(GROUNDS) as BackendName[]),
    trials: asked.length > 0 ? asked : TRIALS,
    faults: chosen('fault', fault, allFaults, quick ? QUICK : allFaults),
    random: whole('random', random),
    seed: whole('seed', seed),
  }
}

function chosen<T extends string>(
  name: string,
  text: string | undefined,
  known: readonly T[],
  otherwise = known,
): readonly T[] {
  if (text === undefined) return otherwise
  const asked = text.split(',')
  const unknown = asked.find((one) => !(known as readonly string[]).includes(one))
  if (unknown !== undefined) throw new TypeError(`--${name} ${unknown} is not known; known are ${known.join(', ')}`)
  return known.filter((one) => asked.includes(one))
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} ${text} is no whole number`)
  return Number(text)
}
