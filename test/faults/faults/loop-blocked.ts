import { lasting } from '../scene.ts'
import { type Fault, onOneServer, PATIENCE_MS } from './fault.ts'

const BLOCKED_MS = 10_000

/** The event loop of the holder stands still for 10 s: its method computes, or it swaps. */
export const loopBlocked: Fault = {
  name: 'loop-blocked',
  silencesVictim: true,
  fits: onOneServer,
  async befall(scene) {
    scene.victim.order({ block: BLOCKED_MS })
    await lasting(BLOCKED_MS)
    return { healMs: await scene.true(PATIENCE_MS) }
  },
}
