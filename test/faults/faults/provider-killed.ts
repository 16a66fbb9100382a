import type { Fault } from './fault.ts'
import { onOneServer, PATIENCE_MS } from './fault.ts'

/** `kill -9` of a provider; its machine lives on. Another is started in its place. */
export const providerKilled: Fault = {
  name: 'provider-killed',
  silencesVictim: true,
  fits: onOneServer,
  async befall(scene) {
    const { victim } = scene
    victim.signal('SIGKILL')
    const absentMs = await scene.absent(victim.address, PATIENCE_MS)
    await scene.replaceVictim()
    return { absentMs, healMs: await scene.true(PATIENCE_MS) }
  },
}
