import type { Rng } from '@kumquat/core'
import { IndexHeap } from './index-heap.ts'
import { Turns } from './turns.ts'

/** Weighted turns, earliest deadline first (gRFC A58), in O(log n) a turn. Takes any weights, fractions too. */
export function deadlineHeap(weights: readonly number[], rng: Rng): () => number {
  const turns = new Turns(weights, rng)
  const heap = new IndexHeap(weights.length, (a, b) => turns.before(a, b))
  return () => {
    const index = heap.first
    turns.take(index)
    heap.move(index)
    return index
  }
}
