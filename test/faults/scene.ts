import { type Store, sleep, systemClock, uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { open, providersPath } from '@kumquat/registry'
import { Actor } from './actor.ts'
import type { Ground } from './grounds/ground.ts'
import { type Line, lineTo } from './line.ts'
import { ECHO } from './processes/echo.ts'

const OTHERS = 2
const LOOK_MS = 5

/** Three providers, one of which will be the victim, and a consumer that calls them, in one registry. */
export class Scene implements AsyncDisposable {
  readonly ground: Ground
  readonly consumer: Actor
  /** The line of the victim, and that of everybody else. Absent where there is no server. */
  readonly victimLine: Line | undefined
  readonly line: Line | undefined
  readonly #root: string
  readonly #eye: Store
  readonly #providers: Actor[]
  readonly #lost = new Set<string>()
  #mustHave: readonly string[] = []

  private constructor(parts: Parts, providers: Actor[], consumer: Actor) {
    this.ground = parts.ground
    this.victimLine = parts.victimLine
    this.line = parts.line
    this.#root = parts.root
    this.#eye = parts.eye
    this.#providers = providers
    this.consumer = consumer
    consumer.onSet = (set) => this.#compare(set)
  }

  static async open(ground: Ground): Promise<Scene> {
    const root = `faults-${uniqueId()}`
    const line = () => (ground.server ? lineTo(ground.server.port) : undefined)
    const [victimLine, othersLine] = await Promise.all([line(), line()])
    const eye = await open(ground.url(root))
    const parts = { ground, root, eye, victimLine, line: othersLine }
    const lines = [victimLine, ...Array.from({ length: OTHERS }, () => othersLine)]
    const providers = await Promise.all(lines.map((one) => Actor.provider(ground.url(root, one?.port))))
    const consumer = await Actor.consumer(ground.url(root, othersLine?.port))
    const scene = new Scene(parts, providers, consumer)
    await scene.true()
    consumer.order({ calling: true })
    return scene
  }

  /** The first provider. */
  get victim(): Actor {
    return this.#providers[0] ?? nobody()
  }

  get providers(): readonly Actor[] {
    return this.#providers
  }

  /** The addresses of all providers that run. */
  get truth(): readonly string[] {
    return addresses(this.#providers)
  }

  /** Starts another provider: behind the victim's line if it is the first. */
  async provide(): Promise<Actor> {
    const first = this.#providers.length === 0
    const actor = await Actor.provider(this.ground.url(this.#root, (first ? this.victimLine : this.line)?.port))
    this.#providers.push(actor)
    return actor
  }

  /** Puts a new provider in the place of the victim, which is dead by now or will be. */
  async replaceVictim(): Promise<void> {
    const [victim] = this.#providers
    if (victim?.isAlive) await victim[Symbol.asyncDispose]()
    this.#providers[0] = await Actor.provider(this.ground.url(this.#root, this.victimLine?.port))
  }

  /** A provider has ended, and is no part of the truth any more. */
  ended(actor: Actor): void {
    const at = this.#providers.indexOf(actor)
    if (at >= 0) this.#providers.splice(at, 1)
  }

  /** From now on, the consumer must not miss one of these for a moment. */
  mustHave(providers: readonly Actor[]): void {
    this.#lost.clear()
    this.#mustHave = addresses(providers)
    this.#compare(this.consumer.set)
  }

  /** How many of those it has missed at some time. */
  get lost(): number {
    return this.#lost.size
  }

  /** The addresses that stand in the registry, looked at from beside all lines. */
  async registered(): Promise<readonly string[]> {
    return (await this.#eye.list(providersPath(ECHO))).map(({ name }) => name).sort()
  }

  /** Waits until the consumer no longer has `address`; tells how long that took, in ms, `Infinity` beyond the bound. */
  async absent(address: string, withinMs: number): Promise<number> {
    return took(withinMs, () => !this.consumer.set.includes(address))
  }

  /** Waits until registry, consumer and sessions tell the truth; tells how long that took, in ms, `Infinity` beyond the bound. */
  async true(withinMs = 30_000): Promise<number> {
    return took(withinMs, async () => {
      const truth = this.truth.join()
      const actors = [this.consumer, ...this.#providers]
      return (
        [...this.consumer.set].sort().join() === truth &&
        actors.every(({ sessions }) => sessions.at(-1) === 'connected') &&
        (await this.registered()).join() === truth
      )
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.consumer, ...this.#providers].map((actor) => actor[Symbol.asyncDispose]()))
    await Promise.all([this.line, this.victimLine].map((line) => line?.[Symbol.asyncDispose]()))
    await this.#eye[Symbol.asyncDispose]()
  }

  #compare(set: readonly string[]): void {
    for (const id of this.#mustHave) if (!set.includes(id)) this.#lost.add(id)
  }
}

type Parts = Pick<Scene, 'ground' | 'line' | 'victimLine'> & { readonly root: string; readonly eye: Store }

const addresses = (actors: readonly Actor[]): readonly string[] => actors.map(({ address }) => address).sort()

/** Time until `holds`, in ms. An answer that does not come is none. */
async function took(withinMs: number, holds: () => boolean | Promise<boolean>): Promise<number> {
  const { now } = systemClock
  const since = now()
  const check = async (): Promise<number> => {
    if (await holds()) return now() - since
    throw new Error('not yet')
  }
  return eventually(check, { withinMs, everyMs: LOOK_MS }).catch(() => Number.POSITIVE_INFINITY)
}

/** Time passes while the fault lasts, in ms. */
export const lasting = (ms: number): Promise<void> => sleep(systemClock, ms)

function nobody(): never {
  throw new Error('the scene has no provider')
}
