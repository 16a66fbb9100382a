import { Cell, type ProviderRecord, providerRecord } from '@kumquat/core'
import type { Discovery, Sighting } from '@kumquat/registry'

/** A registry that says what a test tells it to. */
export interface ScriptedDiscovery extends Discovery {
  /** It lists these hosts from now on, and these have said goodbye. */
  says(hosts: readonly string[], departed?: readonly string[]): void
  /** Whether it answers new watches. Default true. */
  answers: boolean
  /** Watches that are open. */
  readonly open: number
}

export const recordAt = (host: string): ProviderRecord => providerRecord({ host, port: 80 })

export function scriptedDiscovery(...hosts: readonly string[]): ScriptedDiscovery {
  const known = new Map<string, ProviderRecord>()
  const recordOf = (host: string): ProviderRecord => {
    const record = known.get(host) ?? recordAt(host)
    known.set(host, record)
    return record
  }
  const sighting = (listed: readonly string[], departed: readonly string[]): Sighting => ({
    records: listed.map(recordOf),
    suspects: new Map(),
    departed: new Set(departed.map((host) => recordOf(host).id)),
    source: 'registry',
    asOf: 0,
  })
  const cell = new Cell(sighting(hosts, []))
  let open = 0
  return {
    answers: true,
    get open() {
      return open
    },
    says: (listed, departed = []) => cell.set(sighting(listed, departed)),
    async watch() {
      if (!this.answers) throw new Error('connection loss')
      open++
      return {
        get current() {
          return cell.current
        },
        subscribe: (listener) => cell.subscribe(listener),
        async [Symbol.asyncDispose]() {
          open--
        },
      }
    },
  }
}

export const hostsOf = ({ records }: Sighting): string[] => records.map(({ host }) => host)

export const suspectsOf = ({ suspects }: Sighting): Record<string, string> =>
  Object.fromEntries([...suspects].map(([id, standing]) => [id.replace(':80', ''), standing]))
