import type { ServedCall } from '../transport.ts'
import { BaseRpcContext } from './nest.ts'

/** What a handler gets as `@Ctx()`. */
export class KumquatContext extends BaseRpcContext<[call: ServedCall]> {
  /** The call: who makes it, its attachments, its deadline, and the signal that aborts when nobody waits for it any more. */
  get call(): ServedCall {
    return this.args[0]
  }
}
