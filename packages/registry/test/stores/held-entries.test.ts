import type { Held } from '@kumquat/core'
import { eventually, type HandClock, handClock, type RecordingLogger, recordingLogger } from '@kumquat/core/testing'
import { expect } from 'chai'
import { HeldEntries } from '../../src/stores/held-entries.ts'
import { rejection } from '../rejection.ts'
import { type ScriptedBackend, scriptedBackend } from './scripted-backend.ts'

const AUDIT_MS = 10_000

describe('HeldEntries', () => {
  let backend: ScriptedBackend
  let clock: HandClock
  let logger: RecordingLogger
  let entries: HeldEntries

  beforeEach(() => {
    backend = scriptedBackend()
    clock = handClock()
    logger = recordingLogger()
    entries = new HeldEntries(backend, { clock, rng: () => 0.5, everyMs: AUDIT_MS }, logger)
  })

  /** Waits until exactly these steps are under way. */
  const underWay = (...steps: string[]): Promise<void> =>
    eventually(() => void expect(backend.steps.map(({ what }) => what)).to.deep.equal(steps))
  const hold = async (path: string, value = '1'): Promise<Held> => {
    const holding = entries.hold(path, value, false, () => {})
    await underWay(`replace ${path} ${value}`)
    backend.steps[0]?.done()
    return holding
  }

  it('removes after its healing what was given up in the middle of it', async () => {
    const held = await hold('/a')
    const healing = entries.heal()
    await underWay('keep /a 1')
    const leaving = held[Symbol.asyncDispose]()
    await underWay('keep /a 1')
    backend.steps[0]?.done()
    await underWay('release /a')
    backend.steps[0]?.done()
    await Promise.all([healing, leaving])
    await entries.heal()
    await underWay()
  })

  it('removes it when the healing it had to wait for fails', async () => {
    const held = await hold('/a')
    const healing = entries.heal()
    await underWay('keep /a 1')
    const leaving = held[Symbol.asyncDispose]()
    backend.steps[0]?.fail()
    await underWay('release /a')
    backend.steps[0]?.done()
    await Promise.all([healing, leaving])
    await clock.advance(10_000)
    await underWay()
  })

  it('does not begin to heal what was given up before its turn', async () => {
    const held = await hold('/a')
    const updating = held.update('2')
    await underWay('keep /a 2')
    const healing = entries.heal()
    const leaving = held[Symbol.asyncDispose]()
    backend.steps[0]?.done()
    await underWay('release /a')
    backend.steps[0]?.done()
    await Promise.all([updating, healing, leaving])
    await underWay()
  })

  it('leaves to the next holder what the one before gave up', async () => {
    const held = await hold('/a')
    const leaving = held[Symbol.asyncDispose]()
    await underWay('release /a')
    const next = entries.hold('/a', '2', true, () => {})
    backend.steps[0]?.done()
    await underWay('exclusive /a 2')
    backend.steps[0]?.done()
    await Promise.all([leaving, next])
    const healing = entries.heal()
    await underWay('keep /a 2')
    backend.steps[0]?.done()
    await healing
  })

  it('does not remove what is held again after it could not be removed', async () => {
    const held = await hold('/a')
    const leaving = held[Symbol.asyncDispose]()
    await underWay('release /a')
    backend.steps[0]?.fail()
    await leaving
    await hold('/a', '2')
    const healing = entries.heal()
    await underWay('keep /a 2')
    backend.steps[0]?.done()
    await healing
    await underWay()
  })

  it('does not heal what is being held for the first time, and does not wait for it', async () => {
    const holding = entries.hold('/a', '1', true, () => {})
    await underWay('exclusive /a 1')
    await entries.heal()
    backend.steps[0]?.done()
    await holding
    await underWay()
  })

  it('heals with the latest value', async () => {
    const held = await hold('/a')
    const updating = rejection(held.update('2'))
    await underWay('keep /a 2')
    backend.steps[0]?.fail()
    await updating
    const healing = entries.heal()
    await underWay('keep /a 2')
    backend.steps[0]?.done()
    await healing
  })

  it('tries again what could not be healed while the line is up, and says so once', async () => {
    await hold('/a')
    for (let i = 0; i < 3; i += 1) {
      const healing = i === 0 ? entries.heal() : clock.advance(1_000)
      await underWay('keep /a 1')
      backend.steps[0]?.fail()
      await healing
    }
    expect(logger.lines).to.have.lengthOf(1)
    expect(logger.lines[0]?.message).to.contain('"/a"')
    backend.session.set('suspended')
    await clock.advance(10_000)
    await underWay()
  })

  it('removes later what could not be removed at once', async () => {
    const held = await hold('/a')
    const leaving = held[Symbol.asyncDispose]()
    await underWay('release /a')
    backend.steps[0]?.fail()
    await leaving
    const healing = entries.heal()
    await underWay('release /a')
    backend.steps[0]?.done()
    await healing
    await entries.heal()
    await underWay()
  })

  it('wants nothing of a hold that failed, but makes sure that nothing is left of it', async () => {
    const holding = rejection(entries.hold('/a', '1', false, () => {}))
    await underWay('replace /a 1')
    backend.steps[0]?.fail()
    await holding
    await underWay('release /a')
    backend.steps[0]?.done()
    await entries.heal()
    await underWay()
  })

  /** The audit that comes with the next round finds this. */
  const audited = async (stands: boolean): Promise<void> => {
    await clock.advance(AUDIT_MS)
    await underWay('holds /a 1')
    backend.steps[0]?.done(stands)
  }
  const restoring = async (): Promise<void> => {
    await underWay('keep /a 1')
    backend.steps[0]?.done()
    await underWay()
  }

  it('looks at what it holds in rounds, and leaves alone what stands', async () => {
    await hold('/a')
    for (let i = 0; i < 3; i += 1) await audited(true)
    await underWay()
    expect(logger.lines).to.have.lengthOf(0)
  })

  it('spreads its rounds by a fifth to either side', async () => {
    for (const [rng, firstMs] of [
      [0, 8_000],
      [0.999, 11_996],
    ] as const) {
      entries = new HeldEntries(backend, { clock, rng: () => rng, everyMs: AUDIT_MS }, logger)
      await hold('/a')
      await clock.advance(firstMs - 1)
      await underWay()
      await clock.advance(1)
      await underWay('holds /a 1')
      backend.steps[0]?.done(true)
      await underWay()
      entries.close()
    }
  })

  it('restores what another hand has removed or altered, and says so', async () => {
    await hold('/a')
    await audited(false)
    await restoring()
    expect(logger.lines.map(({ level }) => level)).to.deep.equal(['info'])
    await audited(true)
  })

  it('looks at once when the backend saw it touched, once for many touches', async () => {
    await hold('/a')
    for (let i = 0; i < 3; i += 1) backend.changed()
    await underWay('holds /a 1')
    for (let i = 0; i < 3; i += 1) backend.changed()
    backend.steps[0]?.done(false)
    await underWay('keep /a 1')
    backend.steps[0]?.done()
    await underWay('holds /a 1')
    backend.steps[0]?.done(true)
    await underWay()
  })

  it('has its way four times a minute, then yields for a minute and says so once', async () => {
    await hold('/a')
    for (let i = 0; i < 4; i += 1) {
      backend.changed()
      await underWay('holds /a 1')
      backend.steps[0]?.done(false)
      await restoring()
    }
    backend.changed()
    await underWay('holds /a 1')
    backend.steps[0]?.done(false)
    await eventually(() => expect(logger.lines.at(-1)?.level).to.equal('warn'))
    for (let i = 0; i < 5; i += 1) {
      backend.changed()
      await entries.heal()
      await clock.advance(AUDIT_MS)
      await underWay()
    }
    expect(logger.lines.filter(({ level }) => level === 'warn')).to.have.lengthOf(1)
    expect(logger.lines.at(-1)?.message).to.contain('"/a"').and.contain('5 times within 60 s')
    await audited(false)
    await restoring()
  })

  it('never yields to a hand that is slow', async () => {
    await hold('/a')
    for (let i = 0; i < 9; i += 1) {
      await clock.advance(AUDIT_MS)
      await underWay('holds /a 1')
      backend.steps[0]?.done(i % 2 === 0)
      if (i % 2 === 1) await restoring()
    }
    expect(logger.lines.some(({ level }) => level === 'warn')).to.equal(false)
  })

  it('does not bring back what was given up in the middle of an audit', async () => {
    const held = await hold('/a')
    backend.changed()
    await underWay('holds /a 1')
    const leaving = held[Symbol.asyncDispose]()
    backend.steps[0]?.done(false)
    await underWay('release /a')
    backend.steps[0]?.done()
    await leaving
    backend.changed()
    await clock.advance(AUDIT_MS)
    await underWay()
    expect(clock.pending).to.equal(0)
  })

  it('does not take for altered what an update is writing', async () => {
    const held = await hold('/a')
    const updating = held.update('2')
    await underWay('keep /a 2')
    backend.changed()
    await underWay('keep /a 2')
    backend.steps[0]?.done()
    await updating
    await underWay('holds /a 2')
    backend.steps[0]?.done(true)
    await underWay()
  })

  it('does not look while the line is down, and thinks nothing of an answer that does not come', async () => {
    await hold('/a')
    backend.session.set('suspended')
    backend.changed()
    await clock.advance(AUDIT_MS)
    await underWay()
    backend.session.set('connected')
    backend.changed()
    await underWay('holds /a 1')
    backend.steps[0]?.fail()
    await underWay()
    expect(logger.lines).to.have.lengthOf(0)
  })

  it('compares the value where a backend knows no better', async () => {
    const plain: Partial<ScriptedBackend> & Omit<ScriptedBackend, 'holds' | 'observeEntry'> = { ...backend }
    delete plain.holds
    delete plain.observeEntry
    entries = new HeldEntries(plain, { clock, rng: () => 0.5, everyMs: AUDIT_MS }, logger)
    await hold('/a')
    await clock.advance(AUDIT_MS)
    await underWay('get /a')
    backend.steps[0]?.done()
    await restoring()
  })

  it('heals nothing once closed', async () => {
    await hold('/a')
    entries.close()
    await entries.heal()
    await underWay()
    expect(clock.pending).to.equal(0)
  })
})
