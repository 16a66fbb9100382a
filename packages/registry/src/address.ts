import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

export interface Address {
  /** Without brackets. */
  readonly host: string
  /** Absent when the text has none. */
  readonly port?: string
}

/** Splits `host:port`, `[v6]:port`, a host alone or a bare IPv6 address. Checks neither part. */
export function splitAddress(text: string): Address {
  if (isIPv6(text)) return { host: text }
  const match = /^(?:\[(?<v6>[^\]]*)\]|(?<host>[^:[\]]*))(?::(?<port>.*))?$/s.exec(text)
  const { v6, host, port } = match?.groups ?? {}
  return { host: v6 ?? host ?? text, ...(port === undefined ? {} : { port }) }
}

/** The port as a number from 1 to 65 535, or undefined. */
export function readPort(value: unknown): number | undefined {
  const port = typeof value === 'string' && /^\s*\d{1,5}\s*$/.test(value) ? Number(value) : value
  return typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535 ? port : undefined
}

/** Why no call may be sent to `host`, or undefined when one may. `anyAddress` lifts only the bar on local networks. */
export function refuseHost(host: string, anyAddress: boolean): string | undefined {
  const family = isIP(host) === 6 ? 'ipv6' : 'ipv4'
  if (isIP(host) === 0) return isHostName(host) ? undefined : 'is no IP address and no host name'
  if (host.includes('%')) return 'has a zone, which means nothing on another machine'
  if (NOWHERE.check(host, family)) return 'is no address of one machine'
  if (!anyAddress && LINK_LOCAL.check(host, family)) return 'is link-local, where clouds keep their metadata service'
  if (!anyAddress && isDressed(host)) return 'is an IPv4 address dressed as IPv6'
  return undefined
}

const isDressed = (host: string): boolean =>
  isIPv6(host) && DRESSED.check(host, 'ipv6') && !LOOPBACK.check(host, 'ipv6')

/** RFC 1123, and "_" as in the names of containers; never one whose last label is a number: resolvers read those as IPv4 addresses in octal, hex or short form. */
function isHostName(text: string): boolean {
  const labels = text.split('.')
  const last = labels.at(-1) ?? ''
  return text.length <= 253 && labels.every((label) => LABEL.test(label)) && !NUMBER.test(last)
}

const LABEL = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/i
const NUMBER = /^(?:\d+|0x[0-9a-f]*)$/i

const NOWHERE = subnets('0.0.0.0/8', '224.0.0.0/3', '::/128', 'ff00::/8')
const LINK_LOCAL = subnets('169.254.0.0/16', 'fe80::/10', 'fd00:ec2::/32')
const LOOPBACK = subnets('::1/128')
const DRESSED = subnets('::ffff:0:0/96', '::/96', '64:ff9b::/96', '64:ff9b:1::/48')

/** A list of IPv4 networks also holds their IPv4-mapped IPv6 addresses (`::ffff:169.254.0.1`). */
function subnets(...networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6')
  }
  return list
}
