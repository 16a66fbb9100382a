import { lasting } from '../scene.ts'
import { type Fault, onOneServer, PATIENCE_MS } from './fault.ts'

/** The holder and its children are stopped for longer than its session lasts, and then go on as if nothing had been. */
export const sessionExpired: Fault = {
  name: 'session-expired',
  silencesVictim: true,
  fits: onOneServer,
  async befall(scene) {
    scene.victim.signalAll('SIGSTOP')
    await lasting(scene.ground.ttlMs + 2_000)
    scene.victim.signalAll('SIGCONT')
    return { healMs: await scene.true(PATIENCE_MS) }
  },
}
