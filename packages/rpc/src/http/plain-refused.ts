import type { Endpoint, ProviderRecord } from '@kumquat/core'
import { notSent } from '../not-sent.ts'

/** In the place of a line to a provider that offers no TLS, where we call nobody without: whoever writes to the registry could else undress every call. */
export const plainRefused = ({ id }: ProviderRecord): Endpoint => ({
  status: 'closed',
  invoke: (invocation) => {
    const reason = `${id} offers no TLS, and this consumer calls nobody without: start it with tls, or set tls.allowPlain here`
    return Promise.reject(notSent(invocation, 'failed_precondition', reason))
  },
  async [Symbol.asyncDispose]() {},
})
