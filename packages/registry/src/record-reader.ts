import { type Entry, type Logger, type ProviderRecord, sameRecord } from '@kumquat/core'
import { printable } from './printable.ts'
import { type DecodeOptions, decodeRecord } from './record-codec.ts'

/**
 * Reads one set of entries after another. What says the same as in the set before keeps its identity, the array included.
 * An entry that cannot be read is left out, with one warning for as long as it stands there unchanged.
 */
export function recordReader(
  logger: Logger,
  options: DecodeOptions = {},
): (entries: readonly Entry[]) => readonly ProviderRecord[] {
  let last: readonly ProviderRecord[] = []
  let warned: ReadonlyMap<string, string> = new Map()

  return (entries) => {
    const before = new Map(last.map((record) => [record.id, record]))
    const records = new Map<string, ProviderRecord>()
    const complaints = new Map<string, string>()
    for (const { path, name, value } of entries) {
      const decoded = decodeRecord(name, value, options)
      if ('unreadable' in decoded) {
        complaints.set(path, decoded.unreadable)
      } else if (records.has(decoded.id)) {
        complaints.set(path, `its address ${decoded.id} is advertised twice`)
      } else {
        const known = before.get(decoded.id)
        records.set(decoded.id, known && sameRecord(known, decoded) ? known : decoded)
      }
    }
    for (const [path, why] of complaints) {
      if (warned.get(path) === why) continue
      logger.warn({ path: printable(path, 300) }, `skipped the entry ${printable(path, 300)}: ${why}`)
    }
    warned = complaints
    const next = [...records.values()]
    if (next.length !== last.length || next.some((record, i) => record !== last[i])) last = next
    return last
  }
}
