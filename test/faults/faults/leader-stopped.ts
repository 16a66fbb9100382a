import { lasting } from '../scene.ts'
import { type Fault, PATIENCE_MS } from './fault.ts'

const STOPPED_MS = 10_000

/** The leader of an ensemble freezes for 10 s: those connected to it must go elsewhere, and the others elect another. */
export const leaderStopped: Fault = {
  name: 'leader-stopped',
  silencesVictim: false,
  fits: ({ stopLeader }) => stopLeader !== undefined,
  async befall(scene) {
    const stopped = await scene.ground.stopLeader?.()
    await lasting(STOPPED_MS)
    await stopped?.[Symbol.asyncDispose]()
    return { healMs: await scene.true(PATIENCE_MS) }
  },
}
