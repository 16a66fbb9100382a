import type { Logger } from '@kumquat/core'

export interface StopOnSignalsOptions {
  /** Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[]
  /** Called once, at the first signal. */
  readonly stop: () => Promise<void>
  readonly logger: Logger
}

/**
 * Stops in order at the first signal and then dies of that signal, as the process would have without us, so that its
 * parent sees the right status. A second signal ends it at once. Whoever else listens to the signal keeps the last word.
 */
export function stopOnSignals({ signals = ['SIGTERM', 'SIGINT'], stop, logger }: StopOnSignalsOptions): Disposable {
  let stopping = false
  const ignore = (): void => {
    for (const signal of signals) process.off(signal, receive)
  }
  const die = (signal: NodeJS.Signals): void => {
    ignore()
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  const receive = (signal: NodeJS.Signals): void => {
    if (stopping) {
      die(signal)
      return
    }
    stopping = true
    logger.info({ signal }, 'stopping')
    stop()
      .catch((error: unknown) => logger.error({ error }, 'stopping failed'))
      .finally(() => die(signal))
  }
  for (const signal of signals) process.on(signal, receive)
  return { [Symbol.dispose]: ignore }
}
