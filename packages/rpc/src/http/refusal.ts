import { RpcError } from '@kumquat/core'

/** Why a request is refused before a method is entered. */
export interface Refusal {
  readonly error: unknown
  /** Where it is not that of the error's code. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** What the server found wrong with a request, and what it knows of it. */
export interface ServerError extends Error {
  readonly code?: string
  readonly statusCode?: number
}

/** Puts an error of the server into our words. What is no fault of the request passes as it is. */
export function refusalOf(error: ServerError, contentType = '', maxBodyBytes?: number): Refusal {
  if (error instanceof Refused) return error.refusal
  if (RpcError.is(error)) return { error }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(maxBodyBytes)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return {
        error: invalid(`content-type ${JSON.stringify(contentType)} is not understood: send application/json`),
        status: 415,
      }
    default:
      return isOfTheRequest(error) ? { error: invalid(`the request could not be read: ${error.message}`) } : { error }
  }
}

/** A refusal on its way through the server. */
export class Refused extends Error {
  readonly refusal: Refusal
  /** So that the server takes it for the fault of the request. */
  readonly statusCode = 400

  constructor(refusal: Refusal) {
    super('refused')
    this.refusal = refusal
  }
}

export function tooLarge(maxBodyBytes: number | undefined): Refusal {
  const limit = `${maxBodyBytes} bytes, the limit of this provider`
  const message = `the body is larger than ${limit}: send less, or raise its maxBodyBytes`
  return { error: exhausted(message), status: 413 }
}

export const tooManyHeaders = (count: number, limit: number): Refusal => ({
  error: exhausted(`${count} headers are more than ${limit}, the limit of this provider: send fewer`),
  status: 431,
})

export const notJson = (): RpcError =>
  invalid('the body is not JSON, or has a key "__proto__" or "constructor": send an array of arguments, such as [42]')

export const tooDeep = (limit: number): RpcError =>
  invalid(`the body nests deeper than ${limit} levels: send flatter arguments`)

export function unknownEncoding(encoding: string, known: readonly string[]): Refusal {
  const shown = JSON.stringify(encoding.slice(0, 100))
  const error = invalid(`content-encoding ${shown} is not understood: send ${known.join(', ')}, or the body as it is`)
  return { error, status: 415, headers: { 'accept-encoding': known.join(', ') } }
}

export const damaged = (encoding: string): Refusal => ({
  error: invalid(`the body is no ${encoding}, which its content-encoding says: send it whole, or as it is`),
})

const exhausted = (message: string): RpcError => new RpcError('resource_exhausted', message, { outcome: 'not-run' })

const invalid = (message: string): RpcError => new RpcError('invalid_argument', message, { outcome: 'not-run' })

const isOfTheRequest = ({ statusCode = 500 }: ServerError): boolean => statusCode < 500
