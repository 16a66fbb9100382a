import { Cell, type Clock, type Live } from '@kumquat/core'
import { type Peer, type Peers, sameMembers } from '../peer.ts'
import type { Curve } from './curve.ts'
import { Reweighed } from './reweighed.ts'

/** The time over which one peer comes to its full weight. */
export interface Ramp {
  /** Monotonic, in ms. */
  readonly since: number
  readonly durationMs: number
}

export interface RampedPeersOptions {
  readonly peers: Live<Peers>
  /** Undefined for a peer at its full weight. */
  readonly rampOf: (peer: Peer) => Ramp | undefined
  readonly curve: Curve
  readonly clock: Clock
}

/**
 * Peers with the weights they have at the moment. Weights are computed anew at steps of the shortest ramp and when the set
 * changes: each makes a new array, nothing is done with a call. Where nobody is on the way up the array is the one given.
 */
export class RampedPeers implements Live<Peers>, Disposable {
  readonly #options: RampedPeersOptions
  readonly #peers: Cell<Peers>
  readonly #following: Disposable
  #reweighed: ReadonlyMap<string, Reweighed> = new Map()
  #timer: Disposable | undefined

  constructor(options: RampedPeersOptions) {
    this.#options = options
    this.#peers = new Cell(options.peers.current)
    this.#following = options.peers.subscribe(() => this.refresh())
    this.refresh()
  }

  get current(): Peers {
    return this.#peers.current
  }

  subscribe(listener: (peers: Peers) => void): Disposable {
    return this.#peers.subscribe(listener)
  }

  /** To be called when a ramp has begun or ended out of turn. */
  refresh(): void {
    const { peers, rampOf, curve, clock } = this.#options
    const now = clock.now()
    const all = peers.current
    let shortestMs = Number.POSITIVE_INFINITY
    const factors = all.map((peer) => {
      const ramp = rampOf(peer)
      if (ramp === undefined) return 1
      const factor = curve.factor(now - ramp.since, ramp.durationMs)
      if (factor < 1) shortestMs = Math.min(shortestMs, ramp.durationMs)
      return factor
    })
    this.#publish(all, shortestMs === Number.POSITIVE_INFINITY ? factors : curve.level(factors, weightsIn(all)))
    this.#timer?.[Symbol.dispose]()
    this.#timer =
      shortestMs === Number.POSITIVE_INFINITY ? undefined : clock.after(shortestMs / curve.steps, () => this.refresh())
  }

  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]()
    this.#timer?.[Symbol.dispose]()
  }

  /** Who has neither changed nor another weight than before remains the same object. */
  #publish(all: Peers, factors: readonly number[]): void {
    const reweighed = new Map<string, Reweighed>()
    const weighed = all.map((peer, index) => {
      const weight = peer.record.weight * factors[index]!
      if (weight === peer.record.weight) return peer
      const known = this.#reweighed.get(peer.record.id)
      const same = known?.peer === peer && known.record.weight === weight
      const one = same ? known : new Reweighed(peer, weight)
      reweighed.set(peer.record.id, one)
      return one
    })
    this.#reweighed = reweighed
    if (reweighed.size === 0) this.#peers.set(all)
    else if (!sameMembers(weighed, this.#peers.current)) this.#peers.set(weighed)
  }
}

const weightsIn = (peers: Peers): readonly number[] => peers.map(({ record }) => Math.max(0, record.weight))
