import { formatServiceKey, type Invocation, nearest, RpcError } from '@kumquat/core'
import type { Offer, OfferedMethod } from '../contract/offer.ts'

/** What a call asks for. */
export interface Found {
  readonly method: OfferedMethod
  /** `app/group/method`, for people. */
  readonly name: string
  readonly exposeErrors: boolean
}

/**
 * Finds the method of each call, and of each stream. Throws `RpcError` `unimplemented`, `not-run` where there is none, and
 * where it is called as what it is not.
 */
export function finder(offers: readonly Offer[]): (call: Pick<Invocation, 'service' | 'method' | 'stream'>) => Found {
  const byService = new Map(offers.map((offer) => [formatServiceKey(offer.declaration.service), offer]))
  return ({ service, method, stream }) => {
    const key = formatServiceKey(service)
    const offer = byService.get(key)
    if (offer === undefined) throw unknown('service', key, [...byService.keys()])
    const found = offer.methods.get(method)
    if (found === undefined) throw unknown(`method of ${key}`, method, [...offer.methods.keys()])
    const name = `${key}/${method}`
    if (found.stream !== stream) throw mistaken(name, found.stream, stream)
    return { method: found, name, exposeErrors: offer.declaration.exposeErrors }
  }
}

function unknown(what: string, asked: string, known: readonly string[]): RpcError {
  const near = nearest(asked, known)
  const hint = near === undefined ? '' : `, did you mean ${JSON.stringify(near)}?`
  const listed = known.slice(0, 20).join(', ') + (known.length > 20 ? ', …' : '')
  return unimplemented(`no ${what} is named ${JSON.stringify(asked.slice(0, 200))} here${hint} (there is: ${listed})`)
}

function mistaken(name: string, is: Invocation['stream'], calledAs: Invocation['stream']): RpcError {
  const said = (kind: Invocation['stream']): string =>
    kind === undefined ? 'a call' : `a stream of the kind '${kind}'`
  const remedy = `a client of a class or a contract knows that, any other is told so: streams: ${is === undefined ? 'without it' : `{ ${name.split('/').at(-1)}: '${is}' }`}`
  return unimplemented(`${name} is ${said(is)}, and was called as ${said(calledAs)}; ${remedy}`)
}

const unimplemented = (message: string): RpcError => new RpcError('unimplemented', message, { outcome: 'not-run' })
