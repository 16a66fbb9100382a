import { RpcError } from '@kumquat/core'

/** The `RpcError` that a promise rejects with; fails on anything else. */
export async function rejection(promise: Promise<unknown>): Promise<RpcError> {
  const settled: unknown = await promise.then(
    (value) => new Error(`resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  )
  if (RpcError.is(settled)) return settled
  throw settled
}
