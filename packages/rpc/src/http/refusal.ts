import { RpcError } from '@kumquat/core'

/** Why a request was refused before the method was entered, and the HTTP status where it is not that of the code. */
export interface Refusal {
  readonly error: RpcError
  readonly status?: number
}

/** What is wrong with a request, told by the server's error about it. */
export function refusalOf(
  error: Error & { readonly code?: string; readonly statusCode?: number },
  contentType: string | undefined,
  maxBodyBytes: number | undefined,
): Refusal {
  if (RpcError.is(error)) return { error }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return {
        error: refused(
          'resource_exhausted',
          `the body is larger than ${maxBodyBytes} bytes, the limit of this provider: send less, or raise its maxBodyBytes`,
        ),
        status: 413,
      }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return {
        error: refused(
          'invalid_argument',
          `content-type ${JSON.stringify(contentType ?? '')} is not understood: send application/json`,
        ),
        status: 415,
      }
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return {
        error: refused(
          'invalid_argument',
          'the body is not JSON, or has a key "__proto__" or "constructor": send an array of arguments, such as [42]',
        ),
      }
    default:
      if (!(error.statusCode !== undefined && error.statusCode < 500))
        return { error: new RpcError('internal', 'the provider failed', { outcome: 'unknown', cause: error }) }
      return { error: refused('invalid_argument', `the request could not be read: ${error.message}`) }
  }
}

export const tooDeep = (limit: number): RpcError =>
  refused('invalid_argument', `the body nests deeper than ${limit} levels: send flatter arguments`)

const refused = (code: 'resource_exhausted' | 'invalid_argument', message: string): RpcError =>
  new RpcError(code, message, { outcome: 'not-run' })
