import { BlockList, isIP } from 'node:net'
import { splitAddress } from './address.ts'
import { parseRegistryUrl } from './registry-url.ts'

/** Whether only this machine can reach `host`: 127.0.0.0/8, ::1, `localhost` and names below it (RFC 6761). */
export function isLoopback(host: string): boolean {
  const family = isIP(host)
  if (family === 0) return /^(?:.+\.)?localhost\.?$/i.test(host)
  return LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * Whether all that reads the registry at `url` stands on this machine, as far as its URL tells: in memory, in a folder, or
 * on servers that are all reached by loopback. Throws `TypeError` on a URL that is none.
 */
export function isOnThisMachine(url: string): boolean {
  const parsed = parseRegistryUrl(url)
  if (!('servers' in parsed)) return true
  return parsed.servers.split(',').every((server) => isLoopback(splitAddress(server).host))
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')
