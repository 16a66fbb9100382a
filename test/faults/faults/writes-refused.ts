import { lasting } from '../scene.ts'
import { type Fault, PATIENCE_MS } from './fault.ts'

/** The registry can be read, but takes no write for longer than sessions last: its disk is full, or it lacks replicas. */
export const writesRefused: Fault = {
  name: 'writes-refused',
  silencesVictim: false,
  fits: ({ refuseWrites }) => refuseWrites !== undefined,
  async befall(scene) {
    const refusal = await scene.ground.refuseWrites?.()
    await lasting(scene.ground.ttlMs + 2_000)
    await refusal?.[Symbol.asyncDispose]()
    return { healMs: await scene.true(PATIENCE_MS) }
  },
}
