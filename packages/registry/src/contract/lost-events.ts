import assert from 'node:assert/strict'
import type { Fact } from './setup.ts'

const OFTEN = { auditMs: 100, rereadMs: 100 }

export function lostEventFacts(fact: Fact): void {
  fact('is no reason for a watch to be wrong for long', async (backing, until) => {
    const [store, other] = [await backing.open(OFTEN), await backing.open()]
    await other.put('/a/b', '1')
    await other.put('/a/c', '1')
    const watch = await store.watch('/a')
    const [before] = watch.current
    await backing.deafen?.()
    await other.put('/a/c', '2')
    await other.put('/a/d', '2')
    await until(() =>
      assert.deepEqual(
        watch.current.map(({ name, value }) => name + value),
        ['b1', 'c2', 'd2'],
      ),
    )
    assert.equal(watch.current[0], before)
  })

  fact('is no reason for a held entry to stay away', async (backing, until) => {
    const [store, other] = [await backing.open(OFTEN), await backing.open()]
    await store.hold('/a/b', '1')
    await until(() => assert.equal(store.session.current, 'connected'))
    await backing.deafen?.()
    await other.delete('/a/b')
    await until(async () => assert.equal((await other.get('/a/b'))?.value, '1'))
  })
}
