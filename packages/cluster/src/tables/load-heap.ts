import type { Rng } from '@kumquat/core'
import { KEPT, NOBODY, type PendingLog } from '../loads/pending-log.ts'
import type { Peer, SomePeers } from '../peer.ts'
import { IndexHeap } from './index-heap.ts'
import { Turns } from './turns.ts'
import { weightsOf } from './weights.ts'

/**
 * The peers of a set by calls in flight for their weight; among equals, by turns. A pick costs O(log n) for each call
 * that began or ended since the last one, and never more than a look at every peer.
 */
export class LoadHeap {
  readonly #peers: SomePeers
  readonly #weights: readonly number[]
  readonly #log: PendingLog
  readonly #loads: Float64Array
  readonly #turns: Turns
  readonly #heap: IndexHeap
  readonly #indexes = new Map<number, number>()
  readonly #gauges: Float64Array
  #seen: number
  #round = 0

  constructor(peers: SomePeers, log: PendingLog, rng: Rng) {
    this.#peers = peers
    this.#weights = weightsOf(peers)
    this.#log = log
    this.#loads = new Float64Array(peers.length)
    this.#gauges = new Float64Array(peers.length)
    this.#turns = new Turns(this.#weights, rng)
    this.#seen = log.written
    for (let index = 0; index < peers.length; index++) this.#look(index)
    this.#heap = new IndexHeap(peers.length, (a, b) => this.#before(a, b))
  }

  pick(): Peer {
    this.#catchUp()
    const index = this.#heap.first
    this.#turns.take(index)
    this.#heap.move(index)
    return this.#peers[index] ?? this.#peers[0]
  }

  #before(a: number, b: number): boolean {
    const loadOfA = this.#loads[a]!
    const loadOfB = this.#loads[b]!
    return loadOfA < loadOfB || (loadOfA === loadOfB && this.#turns.before(a, b))
  }

  #catchUp(): void {
    const { written } = this.#log
    const missed = written - this.#seen
    if (missed > Math.min(KEPT, this.#peers.length)) {
      for (let index = 0; index < this.#peers.length; index++) this.#look(index)
      this.#heap.moveAll()
    } else {
      for (let change = this.#seen; change < written; change++)
        this.#follow(this.#indexes.get(this.#log.changed(change)))
    }
    this.#seen = written
    // A peer that measures in a way of its own, or began a new gauge, says nothing to the log: each gets a look in its turn.
    this.#round = (this.#round + 1) % this.#peers.length
    this.#follow(this.#round)
  }

  #follow(index: number | undefined): void {
    if (index !== undefined && this.#look(index)) this.#heap.move(index)
  }

  /** Whether its load has changed. */
  #look(index: number): boolean {
    const load = loadOf(this.#log.read(this.#peers[index]!), this.#weights[index]!)
    this.#know(index, this.#log.lastRead)
    // What is no number is the most. Among those the weightless are last by their turns, which never come.
    const known = load >= 0 ? load : Number.POSITIVE_INFINITY
    if (known === this.#loads[index]) return false
    this.#loads[index] = known
    return true
  }

  #know(index: number, gauge: number): void {
    const before = this.#gauges[index]!
    if (gauge === before) return
    this.#indexes.delete(before)
    if (gauge !== NOBODY) this.#indexes.set(gauge, index)
    this.#gauges[index] = gauge
  }
}

/**
 * Half way between without this call and with it, as Webster's method deals out seats: else the light are picked too often,
 * to whom one call more is more. But the idle are all equal, and take turns.
 */
const loadOf = (calls: number, weight: number): number => (calls === 0 && weight > 0 ? 0 : (calls + 0.5) / weight)
