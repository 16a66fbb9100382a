import type { Connect, Endpoint, Invocation, Live, ProviderRecord } from '@kumquat/core'
import type { Health, Verdict } from './health.ts'
import type { Judge, Testimony } from './testimony.ts'

/** Forms an opinion of one peer from the calls to it. Its disposal is told when the endpoint is disposed, or the health. */
export interface Watcher extends Disposable {
  /** Whether something is held against the peer. Read with every pick. */
  readonly objects: boolean
  /** A call begins. What it answers comes back with the end of that call. */
  began(): number
  ended(mark: number, testimony: Testimony): void
}

export interface WatchedOptions {
  readonly verdicts: Live<readonly Verdict[]>
  readonly judge: Judge
  readonly watch: (record: ProviderRecord) => Watcher
}

/** A health that watches each endpoint with a watcher of its own. */
export function watched({ verdicts, judge, watch }: WatchedOptions): Health {
  const watchers = new Set<Watcher>()
  const leave = (watcher: Watcher): void => {
    if (watchers.delete(watcher)) watcher[Symbol.dispose]()
  }
  return {
    verdicts,
    connect: (next) => (record) => {
      const endpoint = next(record)
      const watcher = watch(record)
      watchers.add(watcher)
      return watchedEndpoint(endpoint, watcher, judge, leave)
    },
    [Symbol.dispose]() {
      for (const watcher of watchers) leave(watcher)
    },
  }
}

function watchedEndpoint(
  endpoint: Endpoint,
  watcher: Watcher,
  judge: Judge,
  leave: (watcher: Watcher) => void,
): ReturnType<Connect> {
  return {
    async invoke(invocation: Invocation) {
      const mark = watcher.began()
      try {
        const reply = await endpoint.invoke(invocation)
        watcher.ended(mark, 'works')
        return reply
      } catch (error) {
        watcher.ended(mark, judge(error, invocation))
        throw error
      }
    },
    get status() {
      return watcher.objects ? 'closed' : endpoint.status
    },
    [Symbol.asyncDispose]() {
      leave(watcher)
      return endpoint[Symbol.asyncDispose]()
    },
  }
}
