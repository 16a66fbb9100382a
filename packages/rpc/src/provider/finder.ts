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
  // By steps: joined names would be new strings with every call.
  const byApp = new Map<string, Map<string, ReadonlyMap<string, Found>>>()
  for (const [key, offer] of byService) {
    const { app, group } = offer.declaration.service
    const byGroup = byApp.get(app) ?? new Map<string, ReadonlyMap<string, Found>>()
    byApp.set(app, byGroup.set(group, foundIn(key, offer)))
  }
  return ({ service, method, stream }) => {
    const found = byApp.get(service.app)?.get(service.group)?.get(method)
    if (found === undefined) throw notFound(formatServiceKey(service), method, byService)
    if (found.method.stream !== stream) throw mistaken(found.name, found.method.stream, stream)
    return found
  }
}

function foundIn(key: string, { methods, declaration: { exposeErrors } }: Offer): ReadonlyMap<string, Found> {
  return new Map([...methods].map(([name, method]) => [name, { method, name: `${key}/${name}`, exposeErrors }]))
}

function notFound(key: string, method: string, byService: ReadonlyMap<string, Offer>): RpcError {
  const offer = byService.get(key)
  if (offer === undefined) return unknown('service', key, [...byService.keys()])
  return unknown(`method of ${key}`, method, [...offer.methods.keys()])
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
