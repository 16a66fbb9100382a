import type { Constraints, Invocation, ProviderRecord } from '@kumquat/core'
import { own } from '../matching/own.ts'
import { versionPattern } from '../matching/version-pattern.ts'
import type { Peer } from '../peer.ts'
import type { Router } from '../router.ts'
import { keep } from '../sets/keep.ts'
import { perLabel } from '../sets/per-label.ts'

/** Keeps calls on peers that fit what the call itself asks for: a version or a semver range, and tags. */
export function constrained(): Router {
  const fitting = perLabel(labelOf, (peers, { constraints = NONE }) => {
    const misfit = misfitOf(constraints)
    return keep(peers, ({ record }) => misfit(record) === undefined)
  })
  const route: Router = (peers, invocation) =>
    invocation.constraints === undefined ? peers : fitting(peers, invocation)
  return Object.assign(route, {
    asks: ({ constraints = NONE }: Invocation) => words(constraints),
    why: ({ record }: Peer, { constraints = NONE }: Invocation) => misfitOf(constraints)(record) ?? 'it fits',
  })
}

const NONE: Constraints = {}

/** What about a record is not as asked for, in words. */
function misfitOf({ version, tags = {} }: Constraints): (record: ProviderRecord) => string | undefined {
  const fits = version === undefined ? () => true : versionPattern(version)
  const wanted = Object.entries(tags)
  return (record) => {
    if (!fits(record.version)) return `its version is ${JSON.stringify(record.version)}`
    const other = wanted.find(([name, value]) => own(record.tags, name) !== value)
    if (other === undefined) return undefined
    const value = own(record.tags, other[0])
    return value === undefined ? `it has no tag ${other[0]}` : `its tag ${other[0]} is ${JSON.stringify(value)}`
  }
}

/** Equal for equal constraints, and for no others. */
function labelOf({ constraints: { version, tags } = NONE }: Invocation): string | undefined {
  if (tags === undefined) return version === undefined ? undefined : `=${version}`
  return JSON.stringify([version ?? null, Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))])
}

function words({ version, tags = {} }: Constraints): string {
  const asked = Object.entries(tags).map(([name, value]) => `with tag ${name} ${JSON.stringify(value)}`)
  if (version !== undefined) asked.unshift(`of version ${JSON.stringify(version)}`)
  return asked.join(' and ') || 'without constraints'
}
