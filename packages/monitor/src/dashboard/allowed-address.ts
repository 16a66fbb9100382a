import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/**
 * Whether a provider may be asked at this address. A record is input from outside; a link-local address in it is a metadata
 * service of a cloud, and never a provider.
 */
export function isAllowedAddress(address: string): boolean {
  return !REFUSED.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** `dns.lookup` that finds only allowed addresses, so that no name leads where no literal may. */
export const allowedLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, [])
    const allowed = found.filter(({ address }) => isAllowedAddress(address))
    const [first] = allowed
    if (first === undefined) return callback(new Error(`${host} has no address that may be asked`), [])
    if (options.all) callback(null, allowed satisfies LookupAddress[])
    else callback(null, first.address, first.family)
  })
}

const REFUSED = new BlockList()
REFUSED.addSubnet('169.254.0.0', 16, 'ipv4')
REFUSED.addSubnet('fe80::', 10, 'ipv6')
REFUSED.addAddress('fd00:ec2::254', 'ipv6')
