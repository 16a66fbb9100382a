import type { Clock, Connect, Endpoint, Invocation, Live, ProviderRecord, Reply, Status } from '@kumquat/core'
import { begun } from '../begun.ts'
import type { Health, Verdict } from './health.ts'
import type { Judge } from './testimony.ts'
import type { Watcher, Watching } from './watcher.ts'

export interface WatchedOptions {
  readonly verdicts: Live<readonly Verdict[]>
  readonly clock: Clock
  /** See `Watching`. */
  readonly lately?: () => number
  readonly judge: Judge
  readonly watch: (record: ProviderRecord) => Watcher
}

/** A health that gives each line a watcher of its own. */
export function watched({ verdicts, clock, lately, judge, watch }: WatchedOptions): Health {
  const watchers = new Set<Watcher>()
  const watching: Watching = {
    clock,
    judge,
    ...(lately !== undefined && { lately }),
    enter(record) {
      const watcher = watch(record)
      watchers.add(watcher)
      return watcher
    },
    leave(watcher) {
      if (watchers.delete(watcher)) watcher[Symbol.dispose]()
    },
  }
  return {
    verdicts,
    watching,
    connect: (next) => watchedConnect(next, [watching]),
    [Symbol.dispose]() {
      for (const watcher of watchers) watching.leave(watcher)
    },
  }
}

/** Puts the watchers of several healths around each line. They must go by the same clock. */
export function watchedConnect(next: Connect, watchings: readonly Watching[]): Connect {
  return (record) => {
    const endpoint = next(record)
    return new WatchedEndpoint(
      endpoint,
      watchings,
      watchings.map((watching) => watching.enter(record)),
    )
  }
}

/** One layer for all watchers: a call costs one promise more, and one look at the clock beside those of the watchers. */
class WatchedEndpoint implements Endpoint {
  readonly #endpoint: Endpoint
  readonly #watchings: readonly Watching[]
  readonly #watchers: readonly Watcher[]
  readonly #only: Watcher | undefined
  readonly #clock: Clock
  readonly #lately: () => number

  constructor(endpoint: Endpoint, watchings: readonly Watching[], watchers: readonly Watcher[]) {
    this.#endpoint = endpoint
    this.#watchings = watchings
    this.#watchers = watchers
    this.#only = watchers.length === 1 ? watchers[0] : undefined
    const { clock, lately = () => clock.now() } = watchings[0]!
    this.#clock = clock
    this.#lately = lately
  }

  get status(): Status {
    if (this.#only === undefined ? this.#watchers.some(({ objects }) => objects) : this.#only.objects) return 'closed'
    return this.#endpoint.status
  }

  readonly invoke = (invocation: Invocation): Promise<Reply> =>
    this.#only === undefined ? this.#underAll(invocation) : this.#underOne(this.#only, invocation)

  /** The usual case: nothing to keep in order. */
  #underOne(watcher: Watcher, invocation: Invocation): Promise<Reply> {
    const mark = watcher.began()
    return begun(this.#endpoint, invocation).then(
      (reply) => {
        watcher.ended(mark, this.#lately(), 'works', invocation.stream === undefined)
        return reply
      },
      (error) => {
        const testimony = this.#watchings[0]!.judge(error, invocation)
        watcher.ended(mark, this.#clock.now(), testimony, invocation.stream === undefined)
        throw error
      },
    )
  }

  async #underAll(invocation: Invocation): Promise<Reply> {
    const watchers = this.#watchers
    const marks: number[] = []
    const timed = invocation.stream === undefined
    for (const watcher of watchers) marks.push(watcher.began())
    try {
      const reply = await this.#endpoint.invoke(invocation)
      const now = this.#clock.now()
      for (let i = watchers.length - 1; i >= 0; i--) watchers[i]!.ended(marks[i]!, now, 'works', timed)
      return reply
    } catch (error) {
      const now = this.#clock.now()
      for (let i = watchers.length - 1; i >= 0; i--) {
        watchers[i]!.ended(marks[i]!, now, this.#watchings[i]!.judge(error, invocation), timed)
      }
      throw error
    }
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    for (const [index, watcher] of this.#watchers.entries()) this.#watchings[index]!.leave(watcher)
    return this.#endpoint[Symbol.asyncDispose]()
  }
}
