import { parseArgs } from 'node:util'

export const REGISTRIES = ['file', 'zookeeper'] as const
export const LOADS = ['steady', 'edge'] as const

export interface RestartsOptions {
  readonly registry: (typeof REGISTRIES)[number]
  /** `edge`: every second a burst, just when connections are about to be closed for idleness. */
  readonly load: (typeof LOADS)[number]
  /** How often each provider is restarted, one after the other. */
  readonly rounds: number
  readonly providers: number
  /** Calls a second. */
  readonly rate: number
}

/** Reads the command line. Throws `TypeError` naming what it does not know. */
export function readOptions(args: readonly string[]): RestartsOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      // The last line is JSON in any case.
      json: { type: 'boolean' },
      registry: { type: 'string', default: 'zookeeper' },
      load: { type: 'string', default: 'steady' },
      rounds: { type: 'string', default: '3' },
      providers: { type: 'string', default: '5' },
      rate: { type: 'string', default: '500' },
    },
  })
  return {
    registry: known('registry', values.registry, REGISTRIES),
    load: known('load', values.load, LOADS),
    rounds: whole('rounds', values.rounds, 1),
    // With one there would be nobody to go to.
    providers: whole('providers', values.providers, 2),
    rate: whole('rate', values.rate, 1),
  }
}

function known<T extends string>(name: string, text: string, all: readonly T[]): T {
  const found = all.find((one) => one === text)
  if (found === undefined) throw new TypeError(`--${name} ${text} is not known; known are ${all.join(', ')}`)
  return found
}

function whole(name: string, text: string, least: number): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= least) return Number(text)
  throw new TypeError(`--${name} ${text} is no whole number of at least ${least}`)
}
