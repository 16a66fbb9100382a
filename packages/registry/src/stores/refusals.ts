import { RpcError } from '@kumquat/core'
import { printable } from '../printable.ts'

// What every store refuses, in the same words.

export const changedMeanwhile = (path: string): RpcError =>
  new RpcError('aborted', `${printable(path)} is not at the expected revision; read it again and decide anew`, {
    outcome: 'not-run',
  })

export const hasChildren = (path: string): RpcError =>
  new RpcError('failed_precondition', `${printable(path)} has children; delete them first`, { outcome: 'not-run' })

/** `holder` says who, as far as the backend knows. */
export const heldByAnother = (path: string, holder: string): RpcError =>
  new RpcError('already_exists', `${printable(path)} is held by ${holder}, which is alive; stop that one first`, {
    outcome: 'not-run',
  })

export const storeClosed = (): RpcError =>
  new RpcError('failed_precondition', 'the store is closed; open another', { outcome: 'not-run' })
