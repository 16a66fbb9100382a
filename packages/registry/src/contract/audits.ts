import assert from 'node:assert/strict'
import { recordingLogger } from '@kumquat/core/testing'
import type { Fact } from './setup.ts'

const OFTEN = { auditMs: 100, rereadMs: 100 }

export function auditFacts(fact: Fact): void {
  fact('bring back what was removed by hand, with the latest value', async (backing, until) => {
    const [store, other] = [await backing.open(OFTEN), await backing.open()]
    const held = await store.hold('/a/b', '1')
    await store.hold('/a/c', '2')
    await until(() => assert.equal(store.session.current, 'connected'))
    await held.update('3')
    await other.delete('/a/b')
    await until(async () =>
      assert.deepEqual(
        (await other.list('/a')).map(({ value }) => value),
        ['3', '2'],
      ),
    )
    await store[Symbol.asyncDispose]()
    assert.deepEqual(await other.list('/a'), [])
  })

  fact('bring back a value that was altered by hand, and go with their holder', async (backing, until) => {
    const [store, other] = [await backing.open(OFTEN), await backing.open()]
    await store.hold('/a/b', '1')
    await until(() => assert.equal(store.session.current, 'connected'))
    await other.put('/a/b', 'by hand')
    await until(async () => assert.equal((await other.get('/a/b'))?.value, '1'))
    await store[Symbol.asyncDispose]()
    assert.deepEqual(await other.list('/a'), [])
  })

  fact('leave alone what stands', async (backing, until) => {
    const [store, other] = [await backing.open(OFTEN), await backing.open()]
    await store.hold('/a/b', '1')
    await store.hold('/a/c', '1')
    await until(() => assert.equal(store.session.current, 'connected'))
    const revision = (await other.get('/a/b'))?.revision
    for (let round = 0; round < 2; round += 1) {
      await other.delete('/a/c')
      await until(async () => assert.notEqual(await other.get('/a/c'), undefined))
    }
    assert.equal((await other.get('/a/b'))?.revision, revision)
  })

  fact('yield, with a warning, to a hand that removes one again and again, and to it alone', async (backing, until) => {
    const logger = recordingLogger()
    const [store, other] = [await backing.open({ ...OFTEN, logger }), await backing.open()]
    await store.hold('/a/b', '1')
    await store.hold('/a/c', '1')
    await until(() => assert.equal(store.session.current, 'connected'))
    const warnings = (): string[] => logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)
    for (let removals = 1; removals <= 5; removals += 1) {
      await until(async () => assert.notEqual(await other.get('/a/b'), undefined))
      await other.delete('/a/b')
    }
    await until(() => assert.ok(warnings().some((message) => message.includes('by another hand 5 times'))))
    assert.equal(await other.get('/a/b'), undefined)
    await other.delete('/a/c')
    await until(async () => assert.notEqual(await other.get('/a/c'), undefined))
    assert.equal(await other.get('/a/b'), undefined)
    assert.equal(warnings().length, 1, warnings().join('\n'))
  })
}
