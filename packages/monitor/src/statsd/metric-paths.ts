import { createHash } from 'node:crypto'
import type { ServiceKey } from '@kumquat/core'

/** Longest segment of a name. */
const MAX_SEGMENT = 64
const PREFIX = /^[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,7}$/

/** Text as one segment of a statsd name: lower case, `[a-z0-9_-]`, 1 to 64 characters, everything else `_`. */
export function segment(text: string): string {
  const safe = text.toLowerCase().replace(/[^a-z0-9_-]/g, '_')
  return safe.slice(0, MAX_SEGMENT) || '_'
}

/** The first part of all names of a process. Throws `TypeError` for what a statsd server would misread. */
export function assertPrefix(prefix: string): string {
  if (PREFIX.test(prefix)) return prefix
  throw new TypeError(
    `statsd prefix ${JSON.stringify(prefix)} is not segments of letters, digits, "_" or "-" with dots between, e.g. "kumquat"`,
  )
}

/**
 * Gives each method of each service a path of its own: `server.movie.catalog.getmoviebyid`. Two that become the same
 * when made safe stay apart: the later one gets the beginning of its hash as a suffix.
 */
export class MetricPaths {
  readonly #owners = new Map<string, string>()

  of(side: 'server' | 'client', { app, group }: ServiceKey, method: string): string {
    const owner = JSON.stringify([side, app, group, method])
    const hash = createHash('sha256').update(owner).digest('hex')
    const service = `${side}.${segment(app)}.${segment(group)}`
    for (let digits = 0; ; digits += 4) {
      const path = `${service}.${suffixed(segment(method), hash.slice(0, digits))}`
      const taken = this.#owners.get(path) ?? owner
      if (taken !== owner) continue
      this.#owners.set(path, owner)
      return path
    }
  }
}

const suffixed = (safe: string, suffix: string): string =>
  suffix === '' ? safe : `${safe.slice(0, MAX_SEGMENT - 1 - suffix.length)}-${suffix}`
