import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

export interface ProviderProcessOptions {
  readonly registry: string
  /** The calls that it has run, one a line. */
  readonly log: string
  readonly keepAliveTimeoutMs: number
}

/** A provider in a process of its own; it has loaded its code, and waits to be told its port. */
export class ProviderProcess {
  readonly #child: ChildProcess
  /** Once it has loaded its code. */
  readonly loaded: Promise<unknown>
  readonly #ended: Promise<unknown[]>

  constructor({ registry, log, keepAliveTimeoutMs }: ProviderProcessOptions) {
    this.#child = fork(new URL('./till.ts', import.meta.url), [registry, log, String(keepAliveTimeoutMs)])
    this.loaded = once(this.#child, 'message')
    this.#ended = once(this.#child, 'exit')
  }

  /** Resolves once it serves and is registered. Rejects when it has ended instead. */
  async serve(port: number): Promise<void> {
    await this.loaded
    const ended = this.#ended.then(([code]) => {
      throw new Error(`a provider on port ${port} ended with ${code} instead of serving`)
    })
    ended.catch(() => {})
    this.#child.send(port)
    await Promise.race([once(this.#child, 'message'), ended])
  }

  /** SIGTERM. Resolves with whether the process died of it in order. */
  async stop(): Promise<boolean> {
    this.#child.kill('SIGTERM')
    const [, signal] = await this.#ended
    return signal === 'SIGTERM'
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}
