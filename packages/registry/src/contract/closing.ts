import assert from 'node:assert/strict'
import { rejects } from './rejects.ts'
import type { Fact } from './setup.ts'

export function closingFacts(fact: Fact): void {
  fact('says connected once it is, and closed for ever after', async (backing, until) => {
    const store = await backing.open()
    await store.get('/a')
    await until(() => assert.equal(store.session.current, 'connected'))
    await store[Symbol.asyncDispose]()
    assert.equal(store.session.current, 'closed')
    await store[Symbol.asyncDispose]()
    assert.equal(store.session.current, 'closed')
  })

  fact('refuses everything once closed', async (backing) => {
    const store = await backing.open()
    const held = await store.hold('/a', '1')
    const watch = await store.watch('/')
    await store[Symbol.asyncDispose]()
    await rejects(store.get('/a'), 'failed_precondition')
    await rejects(store.list('/'), 'failed_precondition')
    await rejects(store.put('/a', 'x'), 'failed_precondition')
    await rejects(store.delete('/a'), 'failed_precondition')
    await rejects(store.hold('/a', 'x'), 'failed_precondition')
    await rejects(store.watch('/'), 'failed_precondition')
    await rejects(held.update('x'), 'failed_precondition')
    await held[Symbol.asyncDispose]()
    await watch[Symbol.asyncDispose]()
  })

  fact('closes in the middle of its work and leaves nothing behind', async (backing) => {
    const store = await backing.open()
    const work = [
      ...Array.from({ length: 5 }, (_, i) => store.hold(`/a/${i}`, 'x')),
      store.watch('/a'),
      store.put('/b', 'x'),
      store.get('/b'),
    ]
    const settled = Promise.allSettled(work)
    await store[Symbol.asyncDispose]()
    await settled
    assert.deepEqual(await (await backing.open()).list('/a'), [])
  })

  fact('closes before it was ever used', async (backing) => {
    await (await backing.open())[Symbol.asyncDispose]()
  })
}
