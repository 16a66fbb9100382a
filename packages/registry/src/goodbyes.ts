import type { Entry, ProviderRecord } from '@kumquat/core'
import { readCount } from './record-fields.ts'

/**
 * The value of a goodbye: which start of the provider it is that leaves. The next one at the same address may be there
 * before the one that leaves has finished.
 */
export function encodeGoodbye({ startedAt }: ProviderRecord): string {
  return JSON.stringify({ startedAt })
}

/**
 * Who has said goodbye, by id. One that does not say which start it means is for whoever stands at the address; one for
 * another start than the listed is past. Never throws.
 */
export function goodbyesIn(goodbyes: readonly Entry[], listed: readonly ProviderRecord[]): ReadonlySet<string> {
  if (goodbyes.length === 0) return new Set()
  const startOf = new Map(listed.map(({ id, startedAt }) => [id, startedAt]))
  const counts = ({ name, value }: Entry): boolean => {
    const meant = startMeant(value)
    const start = startOf.get(name) ?? 0
    return meant === 0 || start === 0 || meant === start
  }
  return new Set(goodbyes.filter(counts).map(({ name }) => name))
}

/** 0 = it does not say. */
function startMeant(value: string): number {
  try {
    const said: unknown = JSON.parse(value)
    return typeof said === 'object' && said !== null && 'startedAt' in said ? readCount(said.startedAt) : 0
  } catch {
    return 0
  }
}
