import { type Clock, every } from '@kumquat/core'
import type { SimulatedServer } from './simulated-server.ts'

export interface FlappingOptions {
  /** Time that it is up each time, in ms. */
  readonly upMs: number
  /** Time that it is down each time, in ms. */
  readonly downMs: number
  /** Whether it falls silent rather than refuse. Default false. */
  readonly silent?: boolean
}

/** Lets a server crash and come back again and again, beginning with a crash now. Disposing ends it; it is up then. */
export function flapping(
  server: SimulatedServer,
  clock: Clock,
  { upMs, downMs, silent = false }: FlappingOptions,
): Disposable {
  let rise: Disposable | undefined
  const fall = (): void => {
    server.crash({ silent })
    rise = clock.after(downMs, () => server.start())
  }
  fall()
  const falling = every(clock, upMs + downMs, fall)
  return {
    [Symbol.dispose]() {
      falling[Symbol.dispose]()
      rise?.[Symbol.dispose]()
      if (!server.isUp) server.start()
    },
  }
}

export interface DeployOptions {
  /** Time from leaving the registry to the end of the old process, in ms. Default 1 000. */
  readonly drainMs?: number
  /** Time from there to the start of the new one, in ms. Default 2 000. */
  readonly downMs?: number
  /** From one restart to the next, in ms. Default 5 000. */
  readonly everyMs?: number
}

/** Restarts one server after the other, in good order: a release. Begins now. */
export function rollingDeploy(
  servers: readonly SimulatedServer[],
  clock: Clock,
  { drainMs = 1_000, downMs = 2_000, everyMs = 5_000 }: DeployOptions = {},
): void {
  for (const [turn, server] of servers.entries()) {
    clock.after(turn * everyMs, () => {
      server.leave({ drainMs })
      clock.after(drainMs + downMs, () => server.start())
    })
  }
}
