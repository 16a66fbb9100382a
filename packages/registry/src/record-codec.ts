import { type ProviderRecord, providerRecord } from '@kumquat/core'
import { readPort, refuseHost, splitAddress } from './address.ts'
import { printable } from './printable.ts'
import { readCount, readFlag, readNames, readTags, readText, readWeight } from './record-fields.ts'

/** An entry that is no provider's record. */
export interface Unreadable {
  /** Why, in words that are safe to log. */
  readonly unreadable: string
}

export interface DecodeOptions {
  /**
   * Also accept link-local addresses (169.254.0.0/16, fe80::/10), where clouds keep their metadata service, and IPv4
   * addresses dressed as IPv6. Default false.
   */
  readonly anyAddress?: boolean
  /** Larger values are unreadable. In bytes of UTF-8, default 64 KiB. */
  readonly maxValueBytes?: number
}

/** The version of the record that `encodeRecord` writes. */
const SCHEMA = 1

/** The value of a provider's entry. Its host stands in the entry's name only. */
export function encodeRecord(record: ProviderRecord): string {
  const { id: _id, host: _host, port, version, methods, gray, ...more } = record
  return JSON.stringify({ schema: SCHEMA, port, version, methods, gray, ...more })
}

/**
 * Reads a provider's entry as any program or person may have written it: only a host and a port are required, every
 * field may be a string, and a field that makes no sense counts as absent. Never throws. The two forms are described in
 * docs/reference/registry.md.
 */
export function decodeRecord(
  name: string,
  value: string,
  { anyAddress = false, maxValueBytes = 64 * 1024 }: DecodeOptions = {},
): ProviderRecord | Unreadable {
  const bytes = Buffer.byteLength(value)
  if (bytes > maxValueBytes) return { unreadable: `its value of ${bytes} bytes is above the limit of ${maxValueBytes}` }
  const fields = parseFields(value)
  if (fields === undefined) return { unreadable: `its value ${printable(value)} is no JSON object` }

  const address = splitAddress(name)
  const refusal = refuseHost(address.host, anyAddress)
  if (refusal !== undefined) return { unreadable: `its host ${printable(address.host)} ${refusal}` }
  const written = fields.get('port')
  const port = readPort(address.port ?? written)
  if (port === undefined) {
    return { unreadable: `its port ${printable(String(address.port ?? written))} is no number from 1 to 65535` }
  }
  if (written !== undefined && readPort(written) !== port) {
    return { unreadable: `its name says port ${port}, its value ${printable(String(written))}` }
  }

  const methods = readNames(fields.get('methods'))
  const transports = readNames(fields.get('transports'))
  const contract = readText(fields.get('contract'))
  return providerRecord({
    host: address.host,
    port,
    version: readText(fields.get('version')),
    gray: readFlag(fields.get('gray')),
    weight: readWeight(fields.get('weight')),
    warmupMs: readCount(fields.get('warmupMs')),
    startedAt: readCount(fields.get('startedAt')),
    zone: readText(fields.get('zone')),
    tags: readTags(fields.get('tags')),
    author: readText(fields.get('author')),
    description: readText(fields.get('description')),
    ...(methods && { methods }),
    ...(transports && transports.length > 0 && { transports }),
    ...(contract !== '' && { contract }),
  })
}

/** A map, so that no name in the input can reach a prototype. */
function parseFields(value: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(value)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
    return new Map(Object.entries(parsed))
  } catch {
    return undefined
  }
}
