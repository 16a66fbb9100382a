import type { Invocation, Reply, Service, Streamer } from '@kumquat/core'
import { passageOf } from './passage.ts'

export interface BothKindsParts<Call extends Invocation> {
  readonly invoke: Service<Call, Reply>
  readonly stream: Streamer<Call & { readonly stream: NonNullable<Invocation['stream']> }>
}

/** The end at which calls are made and streams begun, under layers that do not tell them apart: see `streamThrough`. */
export function bothKinds<Call extends Invocation>({ invoke, stream }: BothKindsParts<Call>): Service<Call, Reply> {
  return (call) => {
    const passage = passageOf(call)
    return passage === undefined ? invoke(call) : passage.enter(stream as Streamer, call as never)
  }
}
