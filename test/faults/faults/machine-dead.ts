import { type Fault, onOneServer, PATIENCE_MS } from './fault.ts'

/** The victim and all its children stop in one moment, and its line is silent: as if its machine had lost its power. */
export const machineDead: Fault = {
  name: 'machine-dead',
  silencesVictim: true,
  fits: onOneServer,
  async befall(scene) {
    const { victim, victimLine } = scene
    victimLine?.halfOpen()
    victim.signalAll('SIGSTOP')
    const absentMs = await scene.absent(victim.address, PATIENCE_MS)
    victimLine?.heal()
    await scene.replaceVictim()
    return { absentMs, healMs: await scene.true(PATIENCE_MS) }
  },
}
