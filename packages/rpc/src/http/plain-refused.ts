import type { Endpoint, Invocation, ProviderRecord, RpcError } from '@kumquat/core'
import { notSent } from '../not-sent.ts'

/** In the place of a line to a provider that offers no TLS, where we call nobody without: whoever writes to the registry could else undress every call. */
export const plainRefused = ({ id }: ProviderRecord): Endpoint => ({
  status: 'closed',
  invoke: (invocation) => Promise.reject(refused(id, invocation)),
  stream(invocation) {
    throw refused(id, invocation)
  },
  async [Symbol.asyncDispose]() {},
})

function refused(id: string, invocation: Invocation): RpcError {
  const reason = `${id} offers no TLS, and this consumer calls nobody without: start it with tls, or set tls.allowPlain here`
  return notSent(invocation, 'failed_precondition', reason)
}
