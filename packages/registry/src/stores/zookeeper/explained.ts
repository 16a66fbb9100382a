import { RpcError } from '@kumquat/core'
import { printable } from '../../printable.ts'
import { changedMeanwhile, hasChildren } from '../refusals.ts'
import { ZookeeperFailure } from './link.ts'
import {
  AUTH_FAILED,
  BAD_ARGUMENTS,
  BAD_VERSION,
  NO_AUTH,
  NO_CHILDREN_FOR_EPHEMERALS,
  NOT_EMPTY,
} from './zookeeper-code.ts'

/** What ZooKeeper refused to do at `path`, in words of ours. */
export async function explained<T>(path: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw error instanceof ZookeeperFailure ? explain(path, error) : error
  }
}

function explain(path: string, failure: ZookeeperFailure): RpcError {
  const at = printable(path)
  const options = { outcome: 'not-run', cause: failure } as const
  switch (failure.code) {
    case BAD_VERSION:
      return changedMeanwhile(path)
    case NOT_EMPTY:
      return hasChildren(path)
    case NO_CHILDREN_FOR_EPHEMERALS:
      return new RpcError('failed_precondition', `the parent of ${at} is ephemeral and can have no children`, options)
    case NO_AUTH:
    case AUTH_FAILED:
      return new RpcError('permission_denied', `ZooKeeper's access list of ${at} keeps us out; ask who set it`, options)
    case BAD_ARGUMENTS:
      return new RpcError('invalid_argument', `ZooKeeper does not take ${at} for a path`, options)
    default:
      return new RpcError('unknown', `ZooKeeper answered ${failure.message} for ${at}`, { cause: failure })
  }
}
