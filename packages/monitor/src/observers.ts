import type { Observer } from '@kumquat/core'

/** Several observers as one. */
export interface Observers extends Observer {
  /** How often one of them threw. */
  readonly failures: number
}

/** Tells each observer in turn. One that throws is counted, and hurts neither the call nor the others. */
export function observers(...many: readonly Observer[]): Observers {
  let failures = 0
  const tell = (one: (observer: Observer) => void): void => {
    for (const observer of many) {
      try {
        one(observer)
      } catch {
        failures++
      }
    }
  }
  return {
    started: (start) => tell((observer) => observer.started(start)),
    ended: (end) => tell((observer) => observer.ended(end)),
    get failures() {
      return failures
    },
  }
}
