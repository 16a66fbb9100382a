import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Whether a host is this machine, by its own addresses. */
export function isOwnHost(host: string): boolean {
  if (host === 'localhost' || /^127\./.test(host) || host === '::1') return true
  if (isIP(host) === 0) return false
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === host))
}
