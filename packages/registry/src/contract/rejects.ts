import assert from 'node:assert/strict'
import { RpcError, type RpcErrorCode } from '@kumquat/core'

/** Checks that `promise` rejects with an `RpcError` of this code. */
export async function rejects(promise: Promise<unknown>, code: RpcErrorCode): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(RpcError.is(error), `not an RpcError: ${error}`)
    assert.equal(error.code, code, error.message)
    return true
  })
}
