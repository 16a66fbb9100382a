import assert from 'node:assert/strict'
import { rejects } from './rejects.ts'
import type { Fact } from './setup.ts'

export function exclusiveFacts(fact: Fact): void {
  fact('takes a free path', async (backing) => {
    const store = await backing.open()
    const held = await store.hold('/a', '1', { exclusive: true })
    await held.update('2')
    assert.equal((await store.get('/a'))?.value, '2')
  })

  fact('refuses a path that another store holds, and leaves it as it is', async (backing) => {
    const holder = await backing.open()
    await holder.hold('/a', 'holder')
    await rejects((await backing.open()).hold('/a', 'other', { exclusive: true }), 'already_exists')
    assert.equal((await holder.get('/a'))?.value, 'holder')
  })

  fact('refuses a path that the same store holds', async (backing) => {
    const store = await backing.open()
    await store.hold('/a', '1')
    await rejects(store.hold('/a', '2', { exclusive: true }), 'already_exists')
    assert.equal((await store.get('/a'))?.value, '1')
  })

  fact('takes a path that was given up', async (backing) => {
    const [first, second] = [await backing.open(), await backing.open()]
    const held = await first.hold('/a', '1', { exclusive: true })
    await held[Symbol.asyncDispose]()
    await second.hold('/a', '2', { exclusive: true })
    assert.equal((await first.get('/a'))?.value, '2')
  })

  fact('takes over a persistent entry, which nobody alive holds', async (backing) => {
    const store = await backing.open()
    await store.put('/a', 'by hand')
    await store.hold('/a', 'held', { exclusive: true })
    assert.equal((await store.get('/a'))?.value, 'held')
  })

  fact('gives a free path to one of many', async (backing) => {
    const stores = [await backing.open(), await backing.open(), await backing.open()]
    const results = await Promise.allSettled(stores.map((store, i) => store.hold('/a', `${i}`, { exclusive: true })))
    const won = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [`${i}`] : []))
    assert.deepEqual(won, [(await stores[0]?.get('/a'))?.value])
    for (const result of results) {
      if (result.status === 'rejected') assert.equal(result.reason.code, 'already_exists', String(result.reason))
    }
  })
}
