import type { GroundServer } from '../grounds/ground.ts'
import { lasting, type Scene } from '../scene.ts'
import { type Fault, type Happened, PATIENCE_MS } from './fault.ts'

/** `kill -9` of the server; it is down for longer than its sessions last, and comes back with its data. */
export const serverRestarted: Fault = {
  name: 'server-restarted',
  silencesVictim: false,
  fits: ({ server }) => server !== undefined,
  befall: (scene) => restart(scene, false),
}

/** The same, and it comes back empty. */
export const serverWiped: Fault = {
  name: 'server-wiped',
  silencesVictim: false,
  fits: ({ server }) => server !== undefined,
  befall: (scene) => restart(scene, true),
}

async function restart(scene: Scene, wipe: boolean): Promise<Happened> {
  const { ttlMs, server } = scene.ground
  await (server as GroundServer).kill()
  await lasting(ttlMs + 1_000)
  await (server as GroundServer).restart({ wipe })
  return { healMs: await scene.true(PATIENCE_MS) }
}
