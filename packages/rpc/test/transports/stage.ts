import type { Transport } from '@kumquat/rpc'
import { Movies } from '../movies.ts'
import { type Serving, type ServingOptions, serving } from '../serving.ts'
import { Trials } from './trials.ts'

export interface TransportOptions {
  readonly caller: string
  /** Default: that of the transport. */
  readonly maxAnswerBytes?: number
}

/** Makes a transport; everything it makes is one, whose ends find one another. */
export type MakeTransport = (options: TransportOptions) => Transport

/** What the encoding of arguments and replies adds to them, and takes. */
export interface Encoded {
  /** Around a text of 256 to 65 535 bytes. */
  readonly textBytes: number
  /** Around a list of one. */
  readonly listBytes: number
  /** What becomes of half a character. */
  readonly loneSurrogate: string
}

export type BeginOptions = Partial<ServingOptions> & Partial<TransportOptions>

/** A transport at work, with two services behind it. */
export interface Stage extends Serving {
  readonly transport: Transport
  readonly movies: Movies
  readonly trials: Trials
}

/** Begins to serve, for one test; what it began ends with the test. */
export type Begin = (options?: BeginOptions) => Promise<Stage>

/** To be called within `describe`. */
export function stages(make: MakeTransport): Begin {
  const open: Stage[] = []
  afterEach(async () => {
    for (const stage of open.splice(0)) {
      stage.trials.release()
      await stage[Symbol.asyncDispose]()
    }
  })
  return async ({ caller = 'web', maxAnswerBytes, transport: given, ...options } = {}) => {
    const transport = given ?? make({ caller, ...(maxAnswerBytes !== undefined && { maxAnswerBytes }) })
    const [movies, trials] = [new Movies(), new Trials()]
    const own = await serving({ transport, services: [movies, trials], ...options })
    const stage: Stage = {
      transport,
      movies,
      trials,
      listener: own.listener,
      endpoint: own.endpoint,
      record: own.record,
      address: own.address,
      [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
    }
    open.push(stage)
    return stage
  }
}
