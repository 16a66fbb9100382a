import { type Logger, RpcError } from '@kumquat/core'
import { detailsFrom, type Issue, inWords, issuesFrom } from '../contract/issue.ts'
import type { StandardSchema } from '../contract/standard-schema.ts'

export interface ReplyCheckOptions {
  readonly schema: StandardSchema
  /** `app/group/method`, for people. */
  readonly name: string
  readonly logger: Logger
}

/**
 * Fails with `RpcError` `internal`, `ran`, when a reply is not what the contract promises. It looks and changes nothing, so
 * that a provider which does not look sends the same: docs/decisions/0014-contracts.md.
 */
export async function assertReply(value: unknown, { schema, name, logger }: ReplyCheckOptions): Promise<void> {
  try {
    const { issues } = await schema['~standard'].validate(value)
    if (issues !== undefined) throw unpromised(name, issuesFrom(issues))
  } catch (error) {
    logger.error({ method: name, error }, `${name} returned what its contract does not promise`)
    throw RpcError.is(error) ? error : unpromised(name, [{ path: [], message: 'its output schema threw' }], error)
  }
}

function unpromised(name: string, issues: readonly Issue[], cause?: unknown): RpcError {
  const message = `${name} returned what its contract does not promise: ${inWords(issues)}; correct the method or its output schema`
  return new RpcError('internal', message, { outcome: 'ran', details: detailsFrom(issues), cause })
}
