import type { Entry } from '@kumquat/core'
import { eventually, type HandClock, handClock, type RecordingLogger, recordingLogger } from '@kumquat/core/testing'
import { expect } from 'chai'
import { WatchedPaths } from '../../src/stores/watched-paths.ts'
import { rejection } from '../rejection.ts'
import { type ScriptedBackend, scriptedBackend } from './scripted-backend.ts'

const set = (...names: string[]): Entry[] =>
  names.map((name) => ({ path: `/a/${name}`, name, value: '', revision: '1' }))

describe('WatchedPath', () => {
  let backend: ScriptedBackend
  let clock: HandClock
  let logger: RecordingLogger
  let paths: WatchedPaths

  beforeEach(() => {
    backend = scriptedBackend()
    clock = handClock()
    logger = recordingLogger()
    paths = new WatchedPaths(backend, { clock, rng: () => 0.5, everyMs: 10_000 }, logger)
  })

  const reading = (times: number): Promise<void> => eventually(() => void expect(backend.steps).to.have.lengthOf(times))
  const watching = async (...names: string[]): Promise<Awaited<ReturnType<WatchedPaths['watch']>>> => {
    const beginning = paths.watch('/a')
    await reading(1)
    backend.steps[0]?.done(set(...names))
    return beginning
  }

  it('reads again when it changed in the middle of a read, once for all changes', async () => {
    const watch = await watching('a')
    backend.changed()
    await reading(1)
    for (let i = 0; i < 3; i += 1) backend.changed()
    await reading(1)
    backend.steps[0]?.done(set('a', 'b'))
    await eventually(() => expect(watch.current).to.deep.equal(set('a', 'b')))
    await reading(1)
    backend.steps[0]?.done(set('a', 'b', 'c'))
    await eventually(() => expect(watch.current).to.deep.equal(set('a', 'b', 'c')))
    await reading(0)
  })

  it('sees a change that comes before its first answer', async () => {
    const beginning = paths.watch('/a')
    await reading(1)
    backend.changed()
    backend.steps[0]?.done(set())
    await reading(1)
    backend.steps[0]?.done(set('a'))
    expect((await beginning).current).to.deep.equal(set('a'))
  })

  it('keeps its set when it cannot be read, tries again while the line is up, and says so once', async () => {
    const watch = await watching('a')
    backend.changed()
    for (let i = 0; i < 3; i += 1) {
      await reading(1)
      backend.steps[0]?.fail()
      await clock.advance(1_000)
    }
    expect(watch.current).to.deep.equal(set('a'))
    expect(logger.lines).to.have.lengthOf(1)
    await reading(1)
    backend.steps[0]?.done(set('b'))
    await eventually(() => expect(watch.current).to.deep.equal(set('b')))
  })

  it('waits for the line when that is down', async () => {
    await watching('a')
    backend.session.set('suspended')
    backend.changed()
    await reading(1)
    backend.steps[0]?.fail()
    await clock.advance(10_000)
    await reading(0)
    const refreshing = paths.refresh()
    await reading(1)
    backend.steps[0]?.done(set('a'))
    await refreshing
  })

  it('is read in rounds too, in full, for a change may be lost', async () => {
    const watch = await watching('a')
    const [before] = watch.current
    for (const names of [['a'], ['a', 'b'], ['a', 'b', 'c']]) {
      await clock.advance(10_000)
      expect(backend.steps.map(({ what }) => what)).to.deep.equal(['list /a'])
      backend.steps[0]?.done(set(...names))
      await eventually(() => expect(watch.current).to.deep.equal(set(...names)))
    }
    expect(watch.current[0]).to.equal(before)
  })

  it('asks for no more than it was told of, unless it has to read in full anyway', async () => {
    await watching('a')
    backend.changed()
    await reading(1)
    expect(backend.steps[0]?.what).to.equal('list what was told of /a')
    void paths.refresh()
    backend.changed()
    backend.steps[0]?.done(set('a'))
    await eventually(() => expect(backend.steps.map(({ what }) => what)).to.deep.equal(['list /a']))
    backend.steps[0]?.done(set('a'))
    await reading(0)
  })

  it('spreads the rounds of many large sets over time', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `${i}`)
    for (let i = 0; i < 4; i += 1) await watching(...names)
    await clock.advance(10_000)
    for (let i = 0; i < 4; i += 1) {
      await reading(1)
      backend.steps[0]?.done(set(...names))
      await reading(0)
      await clock.advance(500)
    }
  })

  it('does not read in rounds while the line is down', async () => {
    await watching('a')
    backend.session.set('suspended')
    await clock.advance(30_000)
    await reading(0)
  })

  it('is not there when its first read fails', async () => {
    const beginning = rejection(paths.watch('/a'))
    await reading(1)
    backend.steps[0]?.fail()
    expect(await beginning).to.be.instanceOf(Error)
    backend.changed()
    await paths.refresh()
    await reading(0)
    expect(clock.pending).to.equal(0)
  })

  it('takes nothing in once disposed, not even a read that was under way', async () => {
    const watch = await watching('a')
    backend.changed()
    await reading(1)
    await watch[Symbol.asyncDispose]()
    backend.steps[0]?.done(set('b'))
    backend.changed()
    await clock.advance(30_000)
    await reading(0)
    expect(watch.current).to.deep.equal(set('a'))
    expect(clock.pending).to.equal(0)
  })
})
