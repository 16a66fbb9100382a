import { formatServiceKey, isName, type ObservedEnd, type ServiceKey } from '@kumquat/core'
import { type Branch, grow } from './branch.ts'
import { OTHER } from './series-table.ts'
import type { CallerStats } from './stats-snapshot.ts'

/** Who calls is what the wire says, so it is bounded like everything that comes from there. */
const MAX_CALLERS = 256

/** Counts who called which service. Callers without a name, or one too many, are `_OTHER`. */
export class Callers {
  readonly #byApp: Branch<Branch<Branch<Count>>> = new Map()
  readonly #counts: Count[] = []

  count({ caller, service, code }: ObservedEnd): void {
    const found = this.#find(service, caller || OTHER) ?? this.#keep(service, caller)
    found.calls++
    if (code !== 'ok') found.errors++
  }

  stats(): readonly CallerStats[] {
    return this.#counts.map((count) => ({ ...count }))
  }

  #find({ app, group }: ServiceKey, caller: string): Count | undefined {
    return this.#byApp.get(app)?.get(group)?.get(caller)
  }

  #keep(service: ServiceKey, caller: string): Count {
    const named = isName(service.app) && isName(service.group)
    if (!named || this.#counts.length >= MAX_CALLERS) return this.#other()
    return isName(caller) ? this.#add(service, caller) : (this.#find(service, OTHER) ?? this.#add(service, OTHER))
  }

  #other(): Count {
    return this.#find(NO_SERVICE, OTHER) ?? this.#add(NO_SERVICE, OTHER)
  }

  #add(service: ServiceKey, caller: string): Count {
    const made = { caller, service: formatServiceKey(service), calls: 0, errors: 0 }
    grow(grow(this.#byApp, service.app), service.group).set(caller, made)
    this.#counts.push(made)
    return made
  }
}

interface Count {
  readonly caller: string
  readonly service: string
  calls: number
  errors: number
}

const NO_SERVICE: ServiceKey = { app: OTHER, group: OTHER }
