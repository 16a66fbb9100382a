import { parseArgs } from 'node:util'
import { FAULTS } from './faults/index.ts'
import type { BackendName } from './grounds/ground.ts'
import { GROUNDS } from './grounds/index.ts'

export interface FaultsOptions {
  readonly backends: readonly BackendName[]
  readonly faults: readonly string[]
  /** Faults by chance after the table, per backend. */
  readonly random: number
  readonly seed: number
  readonly scale: boolean
}

const QUICK = ['provider-killed', 'server-restarted', 'holder-cut', 'writes-refused']

/** Reads the command line. Throws `TypeError` naming what it does not know. */
export function readOptions(args: readonly string[]): FaultsOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean' },
      quick: { type: 'boolean', default: false },
      scale: { type: 'boolean', default: false },
      backend: { type: 'string' },
      fault: { type: 'string' },
      random: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  })
  const { quick, scale, backend, fault, random, seed } = values
  const allFaults = FAULTS.map(({ name }) => name)
  return {
    backends: chosen('backend', backend, Object.keys(GROUNDS) as BackendName[]),
    faults: chosen('fault', fault, allFaults, quick ? QUICK : allFaults),
    random: whole('random', random ?? (quick || fault !== undefined ? '0' : '100')),
    seed: whole('seed', seed),
    scale: scale,
  }
}

function chosen<T extends string>(
  name: string,
  text: string | undefined,
  known: readonly T[],
  otherwise = known,
): readonly T[] {
  if (text === undefined) return otherwise
  if (text === 'none') return []
  const asked = text.split(',')
  const unknown = asked.find((one) => !(known as readonly string[]).includes(one))
  if (unknown !== undefined)
    throw new TypeError(`--${name} ${unknown} is not known; known are ${known.join(', ')}, none`)
  return known.filter((one) => asked.includes(one))
}

function whole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} ${text} is no whole number`)
  return Number(text)
}
