import type { Clock, Live, ProviderRecord } from '@kumquat/core'
import type { Sighting } from '@kumquat/registry'
import { type Child, startChild } from './child.ts'
import { type ProviderView, providerState } from './provider-view.ts'
import { until } from './until.ts'

export interface ProviderFacts {
  readonly registry: string
  readonly gray: boolean
}

export interface ProviderSaid {
  readonly address: string
  readonly port: number
}

/** The provider processes of the demo. */
export interface Fleet extends AsyncDisposable {
  /** What is known of them, given what the registry lists. */
  views(registered: readonly ProviderRecord[]): readonly ProviderView[]
  /** Resolves when the registry lists them all. */
  complete(registered: Live<Sighting>, signal: AbortSignal): Promise<void>
  /** Tells of each that ends by itself. */
  subscribe(listener: (view: ProviderView, how: string) => void): void
  kill(): void
}

export interface FleetOptions {
  readonly registry: string
  readonly providers: number
  readonly clock: Clock
}

/** Starts so many provider processes; from two on the last one is gray. */
export function startFleet({ registry, providers, clock }: FleetOptions): Fleet {
  const members = Array.from({ length: providers }, (_, i): Member => {
    const gray = i > 0 && i === providers - 1
    return { gray, child: startChild('./provider-process.ts', { facts: { registry, gray }, clock }) }
  })
  const subscriptions: Disposable[] = []
  return {
    views: (registered) => members.flatMap((member) => viewOf(member, registered) ?? []),
    complete: (registered, signal) =>
      until(
        [registered, ...members.flatMap(({ child }) => [child.said, child.ended])],
        () => {
          for (const { child } of members) assertRunning(child)
          return members.every((member) => viewOf(member, registered.current.records)?.state === 'up') || undefined
        },
        {
          clock,
          withinMs: START_MS,
          otherwise: () => `not all providers are registered after ${START_MS / 1_000} s`,
          signal,
        },
      ).then(() => {}),
    subscribe(listener) {
      for (const member of members) {
        const tell = (how = 'unknown'): void => {
          const view = viewOf(member, [])
          if (view !== undefined) listener(view, how)
        }
        subscriptions.push(member.child.ended.subscribe(tell))
      }
    },
    kill() {
      for (const { child } of members) child.kill()
    },
    async [Symbol.asyncDispose]() {
      for (const one of subscriptions) one[Symbol.dispose]()
      await Promise.all(members.map(({ child }) => child[Symbol.asyncDispose]()))
    },
  }
}

const START_MS = 20_000

interface Member {
  readonly gray: boolean
  readonly child: Child<ProviderSaid>
}

function viewOf({ gray, child }: Member, registered: readonly ProviderRecord[]): ProviderView | undefined {
  const said = child.said.current
  if (said === undefined) return undefined
  const state = providerState({
    running: child.ended.current === undefined,
    registered: registered.some(({ id }) => id === said.address),
  })
  return { ...said, pid: child.pid, gray, state }
}

function assertRunning({ pid, ended }: Child<ProviderSaid>): void {
  if (ended.current !== undefined) throw new Error(`provider process ${pid} did not start: ${ended.current}`)
}
