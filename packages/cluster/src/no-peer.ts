import { formatServiceKey, type Invocation, RpcError } from '@kumquat/core'
import { stagesOf, stepsOf } from './explain.ts'
import type { Peers } from './peer.ts'
import type { Router } from './router.ts'

/** Why nobody may serve a call: how many peers are known, and how many each router left of them. */
export function noPeer(known: Peers, route: Router, invocation: Invocation): RpcError {
  const service = formatServiceKey(invocation.service)
  if (known.length === 0) {
    return unavailable(
      `no provider of ${service} is registered: start one, or check that it registers this app and group in the same registry`,
    )
  }
  const stages = stagesOf(route, known, invocation)
  const last = stages.length - 1
  const { refusal } = stepsOf(route)[last]!
  if (refusal !== undefined && stages[last]!.left.length === 0) {
    return refusal(stages[last - 1]?.left ?? known, invocation)
  }
  const counts = stages.map(({ asks, left }) => `${left.length === 0 ? 'none' : left.length} ${asks}`)
  return unavailable(
    `no provider of ${service} may serve ${invocation.method}: ${[`${known.length} known`, ...counts].join(', ')}; start a provider that fits, or change what the call asks for`,
  )
}

const unavailable = (message: string): RpcError => new RpcError('unavailable', message, { outcome: 'not-run' })
