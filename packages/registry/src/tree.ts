import { assertName, formatAddress, type ProviderRecord, type ServiceKey } from '@kumquat/core'
import { printable } from './printable.ts'

type Address = Pick<ProviderRecord, 'host' | 'port'>

// The tree of docs/reference/registry.md. Names beginning with "_" are reserved, and no app or group has one.

/** `/<app>/<group>`. Throws `TypeError` if either is not a name. */
export function servicePath({ app, group }: ServiceKey): string {
  return `/${assertName('app', app)}/${assertName('group', group)}`
}

/** Where the providers of a service stand, one ephemeral entry each. */
export function providersPath(service: ServiceKey): string {
  return `${servicePath(service)}/${PROVIDERS}`
}

/** The entry of one provider: its value is its record. */
export function providerPath(service: ServiceKey, address: Address): string {
  return `${providersPath(service)}/${formatAddress(address)}`
}

/** Where a provider says goodbye before it leaves: what vanishes without having stood here is a suspect, not gone. */
export function drainingPath(service: ServiceKey, address: Address): string {
  return `${drainingFolder(service)}/${formatAddress(address)}`
}

/** Where the goodbyes of a service stand. */
export function drainingFolder(service: ServiceKey): string {
  return `${servicePath(service)}/draining`
}

/** Where one consumer of a service shows itself: `<host>:<pid>-<n>`. */
export function consumerPath(service: ServiceKey, name: string): string {
  return `${servicePath(service)}/consumers/${name}`
}

/** Where the contract with this hash stands. Throws `TypeError` on what is no hash of a contract. */
export function contractPath(hash: string): string {
  if (/^sha256-[0-9a-f]{64}$/.test(hash)) return `/_contracts/${hash}`
  throw new TypeError(`contract ${printable(hash)} is no hash: "sha256-" and 64 digits from 0 to f`)
}

/** The child of a service's path under which its providers stand. */
export const PROVIDERS = 'providers'
