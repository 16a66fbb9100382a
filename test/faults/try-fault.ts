import type { Actor } from './actor.ts'
import type { Fault } from './faults/fault.ts'
import type { Calls } from './processes/messages.ts'
import { broken, HEAL_MS } from './promises.ts'
import type { Row } from './row.ts'
import { lasting, type Scene } from './scene.ts'

/** Lets one fault befall a scene in which all is well, and looks what became of it. */
export async function tryFault(scene: Scene, fault: Fault): Promise<Row> {
  const { victim, ground } = scene
  const before = await callsOf(scene.consumer)
  const statesBefore = victim.sessions.length
  scene.mustHave(scene.providers.filter((one) => !(fault.silencesVictim && one === victim)))
  const happened = await fault.befall(scene)
  // What an old session left behind dies within its time-out; it must take nothing new with it.
  await lasting(ground.ttlMs + 500)
  const registered = await scene.registered()
  const { lost } = scene
  const watchesAlive = await seesNewcomer(scene)
  const after = await callsOf(scene.consumer)
  const row = {
    backend: ground.name,
    fault: fault.name,
    ...(happened.absentMs !== undefined && { absentMs: told(happened.absentMs) }),
    ...(happened.healMs !== undefined && { healMs: told(happened.healMs) }),
    healed: scene.truth.filter((address) => registered.includes(address)).length,
    entries: scene.truth.length,
    watchesAlive,
    lost,
    made: after.made - before.made,
    failed: after.failed - before.failed,
    forWant: after.forWant - before.forWant,
    story: [...victim.sessions.slice(statesBefore - 1)].join(' > '),
  }
  const words = broken(row, ground.ttlMs)
  return { ...row, broken: words, kept: words.length === 0 }
}

/** Whether a provider that comes and goes is seen to come and go. */
async function seesNewcomer(scene: Scene): Promise<boolean> {
  const newcomer = await scene.provide()
  const came = (await scene.true(HEAL_MS)) < Number.POSITIVE_INFINITY
  await newcomer.leave()
  scene.ended(newcomer)
  return came && (await scene.true(HEAL_MS)) < Number.POSITIVE_INFINITY
}

async function callsOf(consumer: Actor): Promise<Calls> {
  return (await consumer.measure()).calls
}

const told = (ms: number): number | null => (Number.isFinite(ms) ? Math.round(ms) : null)
