import type { Connect, Status } from '../endpoint.ts'
import type { Invocation, Reply } from '../invocation.ts'

/** Lines to providers that do not exist, for `directory()` and for the `connect` of a consumer. Providers go by `host:port`. */
export interface FakeEndpoints {
  readonly connect: Connect
  /** Answers every call with the provider's id, unless replaced. */
  answer: (id: string, invocation: Invocation) => Promise<Reply>
  /** Who is not named here is open. */
  readonly status: Map<string, Status>
  /** To whom a line was opened, in order. */
  readonly opened: readonly string[]
  /** Whose line was closed, in order. */
  readonly closed: readonly string[]
}

export function fakeEndpoints(): FakeEndpoints {
  const opened: string[] = []
  const closed: string[] = []
  const self: FakeEndpoints = {
    opened,
    closed,
    status: new Map(),
    answer: async (id) => ({ value: id }),
    connect({ id }) {
      opened.push(id)
      return {
        invoke: (invocation) => self.answer(id, invocation),
        get status() {
          return self.status.get(id) ?? 'open'
        },
        async [Symbol.asyncDispose]() {
          closed.push(id)
        },
      }
    },
  }
  return self
}
