import { RpcError } from '@kumquat/core'
import { printable } from '../../printable.ts'

/** `ENOENT` and its like; undefined for anything that is no error of the file system. */
export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Nothing of ours is there: no such file, or a thing of another kind. */
export const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'EISDIR', 'ENAMETOOLONG'].includes(errnoOf(error) ?? '')

const DENIED = ['EACCES', 'EPERM', 'EROFS']

/** In words of ours: what cannot be done with the folder, and what to do about it. Our own errors pass unchanged. */
export function folderError(error: unknown, dir: string): unknown {
  const code = errnoOf(error)
  if (code === undefined || RpcError.is(error)) return error
  const folder = `registry folder ${printable(dir, 300)}`
  if (DENIED.includes(code)) {
    const message = `${folder} cannot be written or read by this user (${code}); change its owner or choose another folder`
    return new RpcError('permission_denied', message, { cause: error })
  }
  if (code === 'ENAMETOOLONG') {
    const message = `a name is too long for a file in the ${folder} (${code}); use a shorter one`
    return new RpcError('invalid_argument', message, { outcome: 'not-run', cause: error })
  }
  const why =
    code === 'ENOTDIR' || code === 'EEXIST' ? 'a file stands where a folder should be' : 'it does not work now'
  const message = `${folder} cannot be used: ${why} (${code}); make room there or choose another folder`
  return new RpcError('unavailable', message, { cause: error })
}
