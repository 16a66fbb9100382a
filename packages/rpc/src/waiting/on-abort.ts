/**
 * Calls `told` when the signal aborts, unless disposed before. However many wait for one signal, it holds a single
 * listener of ours, and none when the last has gone: Node warns of a leak from the eleventh listener on.
 */
export function onAbort(signal: AbortSignal, told: () => void): Disposable {
  const known = waiting.get(signal)
  const waiters = known ?? new Waiters()
  if (known === undefined) {
    waiting.set(signal, waiters)
    signal.addEventListener('abort', waiters)
  }
  const own = (): void => told()
  waiters.add(own)
  return {
    [Symbol.dispose]() {
      if (!waiters.delete(own) || waiters.size > 0) return
      waiting.delete(signal)
      signal.removeEventListener('abort', waiters)
    },
  }
}

/** Those who wait for one signal, as the one listener that the signal sees. */
class Waiters extends Set<() => void> {
  handleEvent(): void {
    for (const told of this) told()
  }
}

const waiting = new WeakMap<AbortSignal, Waiters>()
