import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SessionState } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import type { Order, Vitals, Word } from './processes/messages.ts'
import { childrenOf } from './processes/vitals.ts'

const START_MS = 30_000
const ANSWER_MS = 20_000

/** A process of ours that takes part: told by orders, heard by its words, hurt by signals. */
export class Actor implements AsyncDisposable {
  readonly #child: ChildProcess
  #address: string | undefined
  #set: readonly string[] | undefined
  #vitals: Vitals | undefined
  readonly #sessions: SessionState[] = []
  /** Told of every set of providers that a consumer has. */
  onSet: (set: readonly string[]) => void = () => {}

  private constructor(script: URL, url: string) {
    const execArgv = [...process.execArgv.filter((flag) => flag !== '--expose-gc'), '--expose-gc']
    this.#child = fork(fileURLToPath(script), [url], { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    this.#child.on('message', (word: Word) => this.#heard(word))
    this.#child.on('error', () => {})
  }

  /** Starts a provider and waits until it is registered. */
  static async provider(url: string): Promise<Actor> {
    const actor = new Actor(PROVIDER, url)
    return actor.#started(() => actor.#address !== undefined)
  }

  /** Starts a consumer; its set may be empty yet. */
  static async consumer(url: string): Promise<Actor> {
    const actor = new Actor(CONSUMER, url)
    return actor.#started(() => actor.#set !== undefined)
  }

  /** Of a provider: `host:port`, as registered. */
  get address(): string {
    return this.#address ?? ''
  }

  /** Of a consumer: the providers it has at the moment. */
  get set(): readonly string[] {
    return this.#set ?? []
  }

  /** The states of its session, in order, that of now last. */
  get sessions(): readonly SessionState[] {
    return this.#sessions
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  order(order: Order): void {
    this.#child.send(order, () => {})
  }

  async measure(): Promise<Vitals> {
    this.#vitals = undefined
    this.order({ measure: true })
    return eventually(() => this.#vitals ?? failed('it does not tell its vitals'), { withinMs: ANSWER_MS })
  }

  /** `kill -9`, of the process alone. */
  async kill(): Promise<void> {
    await this.#ended(() => this.signal('SIGKILL'))
  }

  /** A goodbye, and the end. */
  async leave(): Promise<void> {
    await this.#ended(() => this.order({ leave: true }))
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** To the process and all its children, as if they were a machine. */
  signalAll(name: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined || !this.isAlive) return
    for (const one of [...childrenOf(pid), pid]) process.kill(one, name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signalAll('SIGCONT')
    await this.kill()
  }

  async #started(isReady: () => boolean): Promise<this> {
    try {
      await eventually(() => isReady() || !this.isAlive || failed('it does not get ready'), { withinMs: START_MS })
      if (!this.isAlive) failed(`it ended with ${this.#child.exitCode ?? this.#child.signalCode}`)
      return this
    } catch (error) {
      await this[Symbol.asyncDispose]()
      throw error
    }
  }

  async #ended(act: () => void): Promise<void> {
    if (!this.isAlive) return
    const exit = once(this.#child, 'exit')
    act()
    await exit
  }

  #heard(word: Word): void {
    if ('address' in word) this.#address = word.address
    else if ('session' in word) this.#sessions.push(word.session)
    else if ('vitals' in word) this.#vitals = word.vitals
    else {
      this.#set = word.set
      this.onSet(word.set)
    }
  }
}

const PROVIDER = new URL('./processes/provider.ts', import.meta.url)
const CONSUMER = new URL('./processes/consumer.ts', import.meta.url)

function failed(what: string): never {
  throw new Error(`a process of the rig: ${what}`)
}
