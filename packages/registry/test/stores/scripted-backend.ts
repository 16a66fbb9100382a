import { Cell, type Entry, type SessionState } from '@kumquat/core'
import type { Backend } from '../../src/stores/backend.ts'

/** A step of a backend that is under way until the test says how it ends. */
export interface Step {
  readonly what: string
  done(answer?: readonly Entry[] | boolean): void
  fail(): void
}

/** A backend of which every step waits for the test: for orders of events that no real one can be made to keep. */
export interface ScriptedBackend
  extends Pick<Backend, 'claim' | 'get' | 'holds' | 'list' | 'observe' | 'observeEntry' | 'release'> {
  readonly session: Cell<SessionState>
  /** Those under way, in the order of their beginning. */
  readonly steps: Step[]
  /** Tells that the set of every path may have changed, and every entry. */
  changed(): void
}

export function scriptedBackend(): ScriptedBackend {
  const steps: Step[] = []
  const observers = new Set<() => void>()
  const observe = (changed: () => void): Disposable => {
    observers.add(changed)
    return { [Symbol.dispose]: () => void observers.delete(changed) }
  }
  const step = <T>(what: string): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const own: Step = {
        what,
        done: (answer) => end(() => resolve(answer as T)),
        fail: () => end(() => reject(new Error(`${what} failed`))),
      }
      const end = (how: () => void): void => {
        steps.splice(steps.indexOf(own), 1)
        how()
      }
      steps.push(own)
    })
  return {
    session: new Cell<SessionState>('connected'),
    steps,
    changed: () => {
      for (const changed of [...observers]) changed()
    },
    claim: (path, value, how) => step(`${how} ${path} ${value}`),
    release: (path) => step(`release ${path}`),
    get: (path) => step(`get ${path}`),
    holds: (path, value) => step(`holds ${path} ${value}`),
    list: (path, hinted) => step(hinted ? `list what was told of ${path}` : `list ${path}`),
    observe: (_path, changed) => observe(changed),
    observeEntry: (_path, changed) => observe(changed),
  }
}
