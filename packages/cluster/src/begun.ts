import type { Invocation, Invoker, Reply } from '@kumquat/core'

/**
 * Begins a call over a line, whose `invoke` may be a method of it. What throws at once fails like what fails later, so that a layer around it need not be an async function,
 * which costs a call twice as much as a `then`.
 */
export function begun(line: { readonly invoke: Invoker }, invocation: Invocation): Promise<Reply> {
  try {
    return line.invoke(invocation)
  } catch (error) {
    return Promise.reject(error)
  }
}
