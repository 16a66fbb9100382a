import type { Clock, Logger } from '@kumquat/core'
import { type Child, startChild } from './child-process.ts'
import type { FromChild, ToChild } from './protocol.ts'

export interface LastingChildListener {
  heard(message: FromChild): void
  /** It ended unasked. Another one is on its way. */
  lost(): void
}

const FIRST_RESTART_MS = 100
const LAST_RESTART_MS = 5_000
const CLOSE_MS = 4_000

/** A child that is started again whenever it ends, with more and more time between, until it is closed. */
export class LastingChild {
  readonly #first: ToChild
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #listener: LastingChildListener
  #child: Child | undefined
  #restart: Disposable | undefined
  #restartMs = FIRST_RESTART_MS
  #closing: (() => void) | undefined

  /** `first` is the first that every child is told. */
  constructor(first: ToChild, clock: Clock, logger: Logger, listener: LastingChildListener) {
    this.#first = first
    this.#clock = clock
    this.#logger = logger
    this.#listener = listener
    this.#start()
  }

  say(message: ToChild): void {
    this.#child?.say(message)
  }

  /** This one does its work: the next end of a child is the first again. */
  doesWell(): void {
    this.#restartMs = FIRST_RESTART_MS
  }

  /** Resolves once the child has ended: by itself, or by force when it takes too long. */
  async close(): Promise<void> {
    this.#restart?.[Symbol.dispose]()
    const child = this.#child
    if (!child) return
    await new Promise<void>((resolve) => {
      const force = this.#clock.after(CLOSE_MS, () => child.kill(), { keepAlive: true })
      this.#closing = () => {
        force[Symbol.dispose]()
        resolve()
      }
      child.say({ close: true })
    })
  }

  #start(): void {
    this.#child = startChild({
      heard: (message) => this.#closing || this.#listener.heard(message),
      gone: (why) => this.#gone(why),
    })
    this.#child.say(this.#first)
  }

  #gone(why: string): void {
    this.#child = undefined
    if (this.#closing) {
      this.#closing()
      return
    }
    this.#logger.warn(
      { why, restartMs: this.#restartMs },
      `the process that talks to ZooKeeper ${why}; starting another`,
    )
    this.#listener.lost()
    this.#restart = this.#clock.after(this.#restartMs, () => this.#start())
    this.#restartMs = Math.min(2 * this.#restartMs, LAST_RESTART_MS)
  }
}
