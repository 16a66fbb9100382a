import { formatServiceKey, type ProviderRecord, type ServiceKey } from '@kumquat/core'
import { OTHER } from '../series-table.ts'
import { instanceViews } from './instance-views.ts'
import type { MethodReading } from './ledger.ts'
import type { Memory } from './memory.ts'
import type { MethodView, Point, ServiceView } from './model.ts'
import { type Moment, QUIET, type Source } from './source.ts'
import { Sum } from './sum.ts'

/** Seconds of history kept for the charts. */
export const HISTORY_POINTS = 300

/** Methods told apart in one service; further ones are shown as `_OTHER`. */
const MAX_METHODS = 500

/** One second's news of a service: how it is shown, and the sums that go into those of all services. */
export interface ServiceTick {
  readonly view: ServiceView
  /** Of the window. */
  readonly recent: Sum
  /** Since the tick before. */
  readonly newest: Sum
}

/** What the dashboard remembers of one service. */
export class ServiceBoard {
  readonly #service: ServiceKey
  readonly #key: string
  readonly #methodCalls = new Map<string, number>()
  readonly #instanceCalls = new Map<string, number>()
  #records: readonly ProviderRecord[] = []
  #calls = 0
  #history: readonly Point[] = []

  constructor(service: ServiceKey) {
    this.#service = service
    this.#key = formatServiceKey(service)
  }

  /** Who provides the service now. An instance that left is counted anew when it returns; the service is not. */
  provide(records: readonly ProviderRecord[]): void {
    if (records === this.#records) return
    this.#records = records
    const ids = new Set(records.map(({ id }) => id))
    for (const id of this.#instanceCalls.keys()) if (!ids.has(id)) this.#instanceCalls.delete(id)
    for (const id of ids) raise(this.#instanceCalls, id, 0)
    for (const name of records.flatMap(({ methods = [] }) => methods)) raise(this.#methodCalls, this.#listed(name), 0)
  }

  /** Counts what an instance served since it was last asked, and returns how many calls that were. */
  took(instance: string, readings: readonly MethodReading[]): number {
    if (!this.#instanceCalls.has(instance)) return 0
    for (const { method, calls } of readings) {
      this.#calls += calls
      raise(this.#instanceCalls, instance, calls)
      raise(this.#methodCalls, this.#listed(method), calls)
    }
    return readings.reduce((sum, { calls }) => sum + calls, 0)
  }

  /** Moves the history on by one point. */
  tick(sources: Pick<Memory<Source>, 'get'>, moment: Moment): ServiceTick {
    const methods = new Map([...this.#methodCalls.keys()].sort().map((name) => [name, new Sum()]))
    const recent = new Sum()
    const newest = new Sum()
    const rows = this.#records.map((record) => {
      const source = sources.get(record.id)
      const sum = new Sum()
      const lately = source?.recent(this.#key, moment) ?? QUIET
      for (const reading of lately.window.readings) {
        sum.add(reading, lately.window.seconds)
        methods.get(this.#listed(reading.method))?.add(reading, lately.window.seconds)
      }
      for (const reading of lately.newest.readings) newest.add(reading, lately.newest.seconds)
      for (const { method, inFlight } of lately.inFlight) {
        sum.hold(inFlight)
        methods.get(this.#listed(method))?.hold(inFlight)
      }
      recent.merge(sum)
      return { record, source, sum, calls: this.#instanceCalls.get(record.id) ?? 0 }
    })
    this.#history = [...this.#history, newest.point(moment.at)].slice(-HISTORY_POINTS)
    const view: ServiceView = {
      key: this.#key,
      ...this.#service,
      versions: [...new Set(this.#records.map(({ version }) => version))].filter((version) => version !== '').sort(),
      ...recent.figures(this.#calls),
      instances: instanceViews(rows),
      methods: Array.from(methods, ([name, sum]): MethodView => {
        return { name, ...sum.figures(this.#methodCalls.get(name) ?? 0) }
      }),
      history: this.#history,
    }
    return { view, recent, newest }
  }

  #listed(method: string): string {
    return this.#methodCalls.has(method) || this.#methodCalls.size < MAX_METHODS ? method : OTHER
  }
}

function raise(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by)
}
