import { type Entry, type Logger, type ProviderRecord, sameRecord } from '@kumquat/core'
import { printable } from './printable.ts'
import { type DecodeOptions, decodeRecord } from './record-codec.ts'

/** Of one set: whoever fills a registry with rubbish shall not fill our log too. */
const MAX_WARNINGS = 20

/**
 * Reads one set of entries after another. What says the same as in the set before keeps its identity, the array included.
 * An entry that cannot be read is left out, with one warning for as long as it stands there unchanged: at most 20 a set, and
 * the number of the others.
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
    const fresh = [...complaints].filter(([path, why]) => warned.get(path) !== why)
    for (const [path, why] of fresh.slice(0, MAX_WARNINGS)) {
      logger.warn({ path: printable(path, 300) }, `skipped the entry ${printable(path, 300)}: ${why}`)
    }
    const more = fresh.length - MAX_WARNINGS
    if (more > 0) logger.warn({ more }, `skipped ${more} more entries that cannot be read beside them`)
    warned = complaints
    const next = [...records.values()]
    if (next.length !== last.length || next.some((record, i) => record !== last[i])) last = next
    return last
  }
}
