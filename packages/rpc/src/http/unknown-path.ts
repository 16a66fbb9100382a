import { isName, RpcError } from '@kumquat/core'
import type { CallName } from './error-body.ts'
import { CONTRACT_PATH, LIVE_PATH, READY_PATH, STATS_PATH } from './wire.ts'

/** How to answer a request that leads nowhere. */
export interface DeadEnd {
  readonly error: RpcError
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** What a path of the form `/app/group/method` names; nothing for any other. */
export function nameIn(path: string): CallName | undefined {
  const [empty, app, group, method, ...rest] = path.split('?', 1)[0]!.split('/')
  if (empty !== '' || rest.length > 0 || app === undefined || group === undefined || method === undefined)
    return undefined
  return isName(app) && isName(group) && isName(method) ? { service: { app, group }, method } : undefined
}

/** Says what is wrong with a verb or a path. */
export function deadEnd(verb: string, path: string, isServed: (path: string) => boolean): DeadEnd {
  const shown = `${verb} ${path.slice(0, 200)}`
  if (isServed(path)) return notAllowed(`${shown}: a call is a POST`, 'POST')
  if (PROBES.has(path)) return notAllowed(`${shown}: this path is only read`, 'GET, HEAD')
  const message = `${shown} leads nowhere: calls are POST /<app>/<group>/<method>, and there are ${[...PROBES].join(', ')}`
  return { error: refused(message), status: 404 }
}

/** Whether a path is one of ours that is no call. */
export const isProbe = (path: string): boolean => PROBES.has(path)

const PROBES: ReadonlySet<string> = new Set([LIVE_PATH, READY_PATH, STATS_PATH, CONTRACT_PATH])

const notAllowed = (message: string, allow: string): DeadEnd => ({
  error: refused(message),
  status: 405,
  headers: { allow },
})

const refused = (message: string): RpcError => new RpcError('unimplemented', message, { outcome: 'not-run' })
