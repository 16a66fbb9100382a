import type { HealthPolicy, Verdict } from '@kumquat/cluster'
import { type Endpoint, type Invocation, type Reply, RpcError } from '@kumquat/core'
import { call, record, type Wire, wire } from '../parts.ts'

/** How a call of a test ends: well, by a failure of the peer, by an error of the method, or by a cancel. */
export type Ending = 'ok' | 'fail' | 'business' | 'cancel'

const ERRORS: Readonly<Record<Exclude<Ending, 'ok'>, RpcError>> = {
  fail: new RpcError('unavailable', 'no answer', { outcome: 'unknown' }),
  business: new RpcError('not_found', 'no such movie', { outcome: 'ran' }),
  cancel: new RpcError('canceled', 'given up'),
}

/** A call under way, to be ended by hand. */
export interface OpenCall {
  end(ending: Ending): Promise<void>
}

/** The lines of one service under a policy. */
export interface WatchedLines extends Disposable {
  readonly line: Wire
  readonly verdicts: () => readonly Verdict[]
  /** Opens the lines to the providers numbered so. */
  open(...numbers: readonly number[]): void
  close(n: number): Promise<void>
  status(n: number): string
  /** Numbers of the peers that are closed. */
  closed(): readonly number[]
  calls(n: number, ...endings: readonly Ending[]): Promise<void>
  begin(n: number, known?: Partial<Invocation>): OpenCall
}

export function watchedLines(policy: HealthPolicy): WatchedLines {
  const line = wire()
  const health = policy()
  const endpoints = new Map<number, Endpoint>()
  const ends = new Map<Invocation, (ending: Ending) => void>()
  line.answer = (id, invocation) =>
    new Promise<Reply>((resolve, reject) => {
      ends.set(invocation, (ending) => (ending === 'ok' ? resolve({ value: id }) : reject(ERRORS[ending])))
    })
  const connect = health.connect(line.connect)
  const begin = (n: number, known: Partial<Invocation> = {}): OpenCall => {
    const invocation = call(known)
    const done = endpoints.get(n)!.invoke(invocation).then(ignore, ignore)
    return {
      end(ending) {
        ends.get(invocation)!(ending)
        return done
      },
    }
  }
  return {
    line,
    verdicts: () => health.verdicts.current,
    open: (...numbers) => {
      for (const n of numbers) endpoints.set(n, connect(record(n)))
    },
    async close(n) {
      const endpoint = endpoints.get(n)!
      endpoints.delete(n)
      await endpoint[Symbol.asyncDispose]()
    },
    status: (n) => endpoints.get(n)!.status,
    closed: () => [...endpoints].filter(([, { status }]) => status === 'closed').map(([n]) => n),
    async calls(n, ...endings) {
      for (const ending of endings) await begin(n).end(ending)
    },
    begin,
    [Symbol.dispose]: () => health[Symbol.dispose](),
  }
}

const ignore = (): void => {}

export const times = (count: number, ending: Ending): readonly Ending[] => new Array<Ending>(count).fill(ending)
