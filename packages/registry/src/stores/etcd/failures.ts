import { RpcError } from '@kumquat/core'
import { printable } from '../../printable.ts'

/** gRPC's codes, of etcd's answers that are told apart here. */
export const INVALID_ARGUMENT = 3
export const DEADLINE_EXCEEDED = 4
export const NOT_FOUND = 5
export const PERMISSION_DENIED = 7
export const RESOURCE_EXHAUSTED = 8
export const FAILED_PRECONDITION = 9
export const OUT_OF_RANGE = 11
export const UNAVAILABLE = 14
export const UNAUTHENTICATED = 16

/** etcd answered that it did not do it. */
export class EtcdFailure extends Error {
  override readonly name: string = 'EtcdFailure'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }

  /** What it takes for our token is none, or none any more: after its restart, or after five minutes without a word. */
  get isAboutToken(): boolean {
    return (
      this.code === UNAUTHENTICATED ||
      /user name is empty|invalid auth token|revision in header is old/.test(this.message)
    )
  }

  /** It could not do it just now; another server, or a later try, may. */
  get isPassing(): boolean {
    return this.code === UNAVAILABLE || this.code === DEADLINE_EXCEEDED
  }
}

/** The answer is larger than we are willing to read. */
export class AnswerTooLarge extends Error {
  override readonly name: string = 'AnswerTooLarge'

  constructor(maxBytes: number) {
    super(`the answer is above ${maxBytes} bytes`)
  }
}

export const isFailure = (error: unknown, code: number): boolean => error instanceof EtcdFailure && error.code === code

/** What etcd refused to do at `path`, in words of ours. */
export async function explained<T>(path: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw explain(path, error)
  }
}

function explain(path: string, error: unknown): unknown {
  const at = printable(path)
  const options = { outcome: 'not-run', cause: error } as const
  if (error instanceof AnswerTooLarge) {
    return new RpcError(
      'resource_exhausted',
      `${error.message} at ${at}; somebody wrote a very large value there`,
      options,
    )
  }
  if (!(error instanceof EtcdFailure)) return error
  const said = printable(error.message, 200)
  switch (error.code) {
    case PERMISSION_DENIED:
      return new RpcError(
        'permission_denied',
        `etcd's roles keep this user out of ${at}; grant one readwrite there`,
        options,
      )
    case RESOURCE_EXHAUSTED:
      return new RpcError(
        'resource_exhausted',
        `etcd refused ${at} with ${said}; make room, then disarm its alarm`,
        options,
      )
    case UNAUTHENTICATED:
      return new RpcError('unauthenticated', `etcd refused ${at} with ${said}; check user and password`, options)
    case INVALID_ARGUMENT:
      return error.isAboutToken || /authentication failed/.test(error.message)
        ? new RpcError(
            'unauthenticated',
            `etcd refused ${at} with ${said}; give a user and a password that are right`,
            options,
          )
        : new RpcError('invalid_argument', `etcd refused ${at} with ${said}`, options)
    default:
      return new RpcError('unknown', `etcd answered ${said} for ${at}`, { cause: error })
  }
}
