import { Cell, type Clock, type Live, type Logger, RpcError, sleep } from '@kumquat/core'
import { storeClosed } from '../refusals.ts'
import { LastingChild } from './lasting-child.ts'
import type { Failure, FromChild, Question, QuestionName, Questions, SessionNews, Setting } from './protocol.ts'
import {
  CLOSING,
  CONNECTION_LOSS,
  INVALID_STATE,
  OPERATION_TIMEOUT,
  SESSION_EXPIRED,
  SESSION_MOVED,
} from './zookeeper-code.ts'

export interface LinkListener {
  session(news: SessionNews): void
  changed(path: string): void
}

export interface LinkOptions extends Setting {
  /** Bound of every question, the waiting for a connection included. */
  readonly operationTimeoutMs: number
}

/** A failure to which another try is the answer. */
const LOSSES = [CONNECTION_LOSS, OPERATION_TIMEOUT, INVALID_STATE, SESSION_EXPIRED, CLOSING, SESSION_MOVED]
const RETRY_MS = 50

type Line = 'down' | 'up' | 'closed' | { readonly unusable: string }

interface Pending {
  answer(value: unknown): void
  fail(error: unknown): void
}

/** An answer of ZooKeeper that is no success. */
export class ZookeeperFailure extends Error {
  readonly code: number

  constructor({ code, text }: Failure) {
    super(`${text} (${code})`)
    this.code = code
  }
}

/** Questions to ZooKeeper and their answers, by way of a child process. */
export class Link {
  readonly #options: LinkOptions
  readonly #clock: Clock
  readonly #listener: LinkListener
  readonly #line = new Cell<Line>('down')
  readonly #pending = new Map<number, Pending>()
  readonly #child: LastingChild
  #questions = 0
  #sessionTimeoutMs: number

  constructor(options: LinkOptions, clock: Clock, logger: Logger, listener: LinkListener) {
    this.#options = options
    this.#clock = clock
    this.#listener = listener
    this.#sessionTimeoutMs = options.sessionTimeoutMs
    const { operationTimeoutMs: _, ...start } = options
    this.#child = new LastingChild({ start }, clock, logger, {
      heard: (message) => this.#heard(message),
      lost: () => this.#lost(),
    })
  }

  get isUp(): boolean {
    return this.#line.current === 'up'
  }

  /** As the server has granted it. */
  get sessionTimeoutMs(): number {
    return this.#sessionTimeoutMs
  }

  /** Rejects with `RpcError`, or with `ZookeeperFailure`. What is `repeatable` outlives a lost connection. */
  async ask<Name extends QuestionName>(
    question: Extract<Question, { op: Name }>,
    { repeatable }: { readonly repeatable: boolean },
  ): Promise<Questions[Name]['answer']> {
    const bound = this.#clock.now() + this.#options.operationTimeoutMs
    for (;;) {
      await this.#up(bound)
      try {
        return (await this.#send(question, bound)) as Questions[Name]['answer']
      } catch (error) {
        const lost = error instanceof ZookeeperFailure && LOSSES.includes(error.code)
        if (!lost) throw error
        if (!repeatable) throw this.#unavailable('the connection broke', error)
      }
      await sleep(this.#clock, RETRY_MS)
    }
  }

  /** Nobody watches this path any more. */
  forget(path: string): void {
    this.#child.say({ forget: path })
  }

  async close(): Promise<void> {
    this.#line.set('closed')
    this.#failAll(storeClosed())
    await this.#child.close()
  }

  #heard(message: FromChild): void {
    if ('answer' in message) this.#take(message.id)?.answer(message.answer)
    else if ('failure' in message) this.#take(message.id)?.fail(new ZookeeperFailure(message.failure))
    else if ('areYouAlive' in message) this.#child.say({ alive: true })
    else if ('changed' in message) this.#listener.changed(message.changed)
    else if ('unusable' in message) this.#line.set({ unusable: message.unusable })
    else this.#sessionNews(message.session)
  }

  #sessionNews(news: SessionNews): void {
    if (news.state === 'connected') {
      this.#child.doesWell()
      this.#sessionTimeoutMs = news.timeoutMs
    }
    this.#line.set(news.state === 'connected' ? 'up' : 'down')
    this.#listener.session(news)
  }

  #lost(): void {
    this.#line.set('down')
    this.#failAll(
      new ZookeeperFailure({ code: CONNECTION_LOSS, text: 'the process that talks to ZooKeeper has ended' }),
    )
    this.#listener.session({ state: 'lost' })
  }

  /** Resolves when there is a connection. */
  async #up(bound: number): Promise<void> {
    const line = await settled(this.#line, this.#clock, bound - this.#clock.now())
    if (line === 'up') return
    if (line === 'closed') throw storeClosed()
    if (line === 'down') throw this.#unavailable(`no connection within ${this.#bound}`, undefined, 'not-run')
    const message = `the ZooKeeper store cannot load the package "zookeeper": ${line.unusable}; run: npm install zookeeper`
    throw new RpcError('failed_precondition', message, { outcome: 'not-run' })
  }

  #send(question: Question, bound: number): Promise<unknown> {
    this.#questions += 1
    const id = this.#questions
    const tooLate = (): void => this.#take(id)?.fail(this.#unavailable(`no answer within ${this.#bound}`))
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(bound - this.#clock.now(), tooLate, { keepAlive: true })
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          timer[Symbol.dispose]()
          how(value)
        }
      this.#pending.set(id, { answer: settle(resolve), fail: settle(reject) })
      this.#child.say({ id, question })
    })
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  #failAll(error: unknown): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.fail(error)
  }

  #unavailable(what: string, cause?: unknown, outcome: 'not-run' | 'unknown' = 'unknown'): RpcError {
    const message = `ZooKeeper at ${this.#options.servers}: ${what}; is it running, and is the address right?`
    return new RpcError('unavailable', message, { outcome, cause })
  }

  get #bound(): string {
    return `${this.#options.operationTimeoutMs} ms`
  }
}

/** What the line is once it is not down, or still is after `withinMs`. */
function settled(line: Live<Line>, clock: Clock, withinMs: number): Promise<Line> {
  if (line.current !== 'down') return Promise.resolve(line.current)
  return new Promise((resolve) => {
    const done = (): void => {
      subscription[Symbol.dispose]()
      timer[Symbol.dispose]()
      resolve(line.current)
    }
    const subscription = line.subscribe((now) => now !== 'down' && done())
    const timer = clock.after(withinMs, done, { keepAlive: true })
  })
}
