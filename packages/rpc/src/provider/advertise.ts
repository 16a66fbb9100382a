import { networkInterfaces } from 'node:os'

/** Host without brackets, and port. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface AdvertiseOptions {
  /** `host` or `host:port`, an IPv6 host in brackets if a port follows. Default: see below. */
  readonly advertise?: string
  /** Where the provider is bound. */
  readonly bound: Address
  /** Default: those of this machine. */
  readonly interfaces?: typeof networkInterfaces
}

/**
 * The address by which consumers reach a provider: what it was told to say; else the host it is bound to; bound to all of
 * them, the first IPv4 address of this machine that is neither internal nor link-local; else 127.0.0.1.
 *
 * @throws TypeError when `advertise` is no address.
 */
export function advertisedAddress({ advertise, bound, interfaces = networkInterfaces }: AdvertiseOptions): Address {
  if (advertise !== undefined) return parseAddress(advertise, bound.port)
  if (!EVERY_ADDRESS.has(bound.host)) return bound
  const candidates = Object.values(interfaces()).flatMap((addresses) => addresses ?? [])
  const own = candidates.find(
    ({ family, internal, address }) => family === 'IPv4' && !internal && !address.startsWith('169.254.'),
  )
  return { host: own?.address ?? '127.0.0.1', port: bound.port }
}

/** Reads `advertise`. Throws `TypeError` naming it. */
export function parseAddress(text: string, defaultPort: number): Address {
  const bracketed = /^\[([0-9a-f:.]+)\](?::(\d{1,5}))?$/i.exec(text)
  const plain = /^([^:[\]/@\s]+)(?::(\d{1,5}))?$/.exec(text)
  const bare = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) ? text : undefined
  const [, host = bare, port = defaultPort] = bracketed ?? plain ?? []
  if (host !== undefined && !EVERY_ADDRESS.has(host) && Number(port) >= 1 && Number(port) <= 65_535) {
    return { host, port: Number(port) }
  }
  throw new TypeError(
    `advertise ${JSON.stringify(text)} is not an address others can reach, such as "10.0.0.7" or "[fd00::7]:20080"`,
  )
}

const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])
