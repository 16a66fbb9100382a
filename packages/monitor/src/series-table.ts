import { GRAY_LANE, isName, type ObservedKind, type ServiceKey, STABLE_LANE } from '@kumquat/core'
import { type Branch, grow } from './branch.ts'

/** Stands for every service, method, lane and caller that gets no series of its own. */
export const OTHER = '_OTHER'

/** What tells one series from another. */
export interface SeriesKey {
  readonly kind: ObservedKind
  readonly service: ServiceKey
  readonly method: string
  readonly lane: string
}

export interface SeriesTableOptions<T> {
  /** Upper bound of the series kept, 100 or more. */
  readonly maxSeries: number
  /** Whether a method of a service gets a series of its own. */
  readonly knows: (service: ServiceKey, method: string) => boolean
  readonly create: (key: SeriesKey) => T
}

/**
 * A bounded set of series, found by what was observed. Names that come from the wire cannot make it grow: what is no
 * name, or not known, goes to `_OTHER` of its service, and so does all that finds no room. A series once made stays, so
 * that the start and the end of a call find the same one.
 */
export class SeriesTable<T> {
  readonly #options: SeriesTableOptions<T>
  readonly #series: T[] = []
  readonly #byKind: Branch<Branch<Branch<Branch<Branch<T>>>>> = new Map()
  /** The latest found of each kind: a call asks twice, and often the next asks the same. */
  readonly #latest: Record<ObservedKind, (SeriesKey & { readonly found: T }) | undefined> = {
    call: undefined,
    attempt: undefined,
    served: undefined,
  }

  constructor(options: SeriesTableOptions<T>) {
    if (!(options.maxSeries >= 100)) throw new RangeError(`maxSeries ${options.maxSeries} is not 100 or more`)
    this.#options = options
  }

  get size(): number {
    return this.#series.length
  }

  values(): readonly T[] {
    return this.#series
  }

  /** The series of one observation. `overflow` is called when it was `_OTHER` for lack of room. */
  of({ kind, service, method, lane }: SeriesKey, overflow?: () => void): T {
    const latest = this.#latest[kind]
    if (latest?.service === service && latest.method === method && latest.lane === lane) return latest.found
    const found = this.#find(kind, service, method, lane)
    if (found !== undefined) {
      this.#latest[kind] = { kind, service, method, lane, found }
      return found
    }
    if (!LANES.has(lane)) return this.of({ kind, service, method, lane: OTHER }, overflow)
    if (!isName(service.app) || !isName(service.group)) return this.#other(kind, NO_SERVICE)
    if (!isName(method) || !this.#options.knows(service, method)) return this.#other(kind, service)
    if (this.size < this.#options.maxSeries * (1 - RESERVED)) return this.#keep({ kind, service, method, lane })
    overflow?.()
    return this.#other(kind, service)
  }

  #other(kind: ObservedKind, service: ServiceKey): T {
    const found = this.#find(kind, service, OTHER, OTHER)
    if (found !== undefined) return found
    if (service !== NO_SERVICE && this.size >= this.#options.maxSeries - KINDS) return this.#other(kind, NO_SERVICE)
    return this.#keep({ kind, service, method: OTHER, lane: OTHER })
  }

  /** On the path of every call. */
  #find(kind: ObservedKind, { app, group }: ServiceKey, method: string, lane: string): T | undefined {
    return this.#byKind.get(kind)?.get(app)?.get(group)?.get(method)?.get(lane)
  }

  #keep({ kind, service, method, lane }: SeriesKey): T {
    const made = this.#options.create({ kind, service, method, lane })
    const groups = grow(grow(this.#byKind, kind), service.app)
    grow(grow(groups, service.group), method).set(lane, made)
    this.#series.push(made)
    return made
  }
}

/** The part of the room kept for series named `_OTHER`, so that a flood of names still finds its service. */
const RESERVED = 0.05

/** `call`, `attempt` and `served`: each always finds room for its `_OTHER/_OTHER`. */
const KINDS = 3

/** The lane of a call comes from the wire, so only these get a series. */
const LANES: ReadonlySet<string> = new Set([STABLE_LANE, GRAY_LANE, OTHER])

const NO_SERVICE: ServiceKey = { app: OTHER, group: OTHER }
