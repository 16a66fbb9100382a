import type { ServedCall } from '@kumquat/rpc'
import { calling } from './serving.ts'

/** A call of the movie service as it arrives, without a deadline. */
export function served(method: string, args: readonly unknown[] = [], more: Partial<ServedCall> = {}): ServedCall {
  const { deadline: _, ...timeless } = calling(method, args)
  return { ...timeless, caller: '', arrived: {}, remote: { address: '10.0.0.9', certified: [] }, ...more }
}
