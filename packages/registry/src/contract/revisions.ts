import assert from 'node:assert/strict'
import { RpcError } from '@kumquat/core'
import { rejects } from './rejects.ts'
import type { Fact } from './setup.ts'

export function revisionFacts(fact: Fact): void {
  fact('gives each write another revision, of the same value too', async (backing) => {
    const store = await backing.open()
    const first = await store.put('/a', 'x')
    const second = await store.put('/a', 'x')
    assert.notEqual(first, second)
    assert.equal((await store.get('/a'))?.revision, second)
    assert.equal((await store.list('/'))[0]?.revision, second)
  })

  fact('writes over the expected revision only', async (backing) => {
    const store = await backing.open()
    const first = await store.put('/a', '1')
    const second = await store.put('/a', '2', { ifRevision: first })
    await rejects(store.put('/a', '3', { ifRevision: first }), 'aborted')
    assert.deepEqual(await store.get('/a'), { path: '/a', name: 'a', value: '2', revision: second })
  })

  fact('writes only what is absent, when that is expected', async (backing) => {
    const store = await backing.open()
    await store.put('/a/b', '1', { ifRevision: null })
    await rejects(store.put('/a/b', '2', { ifRevision: null }), 'aborted')
    await rejects(store.put('/a', '2', { ifRevision: null }), 'aborted')
    assert.equal((await store.get('/a/b'))?.value, '1')
  })

  fact('refuses an expected revision of what is absent', async (backing) => {
    const store = await backing.open()
    const revision = await store.put('/a', '1')
    await store.delete('/a')
    await rejects(store.put('/a', '2', { ifRevision: revision }), 'aborted')
    assert.equal(await store.get('/a'), undefined)
  })

  fact('never takes an entry that was made anew for the one before', async (backing) => {
    const store = await backing.open()
    const revision = await store.put('/a', '1')
    await store.delete('/a')
    await store.put('/a', '1')
    await rejects(store.put('/a', '2', { ifRevision: revision }), 'aborted')
    await rejects(store.delete('/a', { ifRevision: revision }), 'aborted')
  })

  fact('deletes at the expected revision only', async (backing) => {
    const store = await backing.open()
    const first = await store.put('/a', '1')
    const second = await store.put('/a', '2')
    await rejects(store.delete('/a', { ifRevision: first }), 'aborted')
    await store.delete('/a', { ifRevision: second })
    await rejects(store.delete('/a', { ifRevision: second }), 'aborted')
    assert.equal(await store.get('/a'), undefined)
  })

  fact('lets one of many writers of the same revision win', async (backing) => {
    const stores = [await backing.open(), await backing.open(), await backing.open()]
    const revision = await stores[0]?.put('/a', 'first')
    await onlyOneWins((i) => stores[i % 3]?.put('/a', `${i}`, revision === undefined ? {} : { ifRevision: revision }))
    await onlyOneWins((i) => stores[i % 3]?.put('/b', `${i}`, { ifRevision: null }))
  })

  fact('counts right when many count at once', async (backing) => {
    const stores = [await backing.open(), await backing.open(), await backing.open()]
    await stores[0]?.put('/count', '0')
    await Promise.all(
      stores.map(async (store) => {
        for (let done = 0; done < 5; ) {
          const { value, revision } = (await store.get('/count')) ?? assert.fail('the counter is gone')
          try {
            await store.put('/count', String(Number(value) + 1), { ifRevision: revision })
            done += 1
          } catch (error) {
            assert.ok(RpcError.is(error) && error.code === 'aborted', String(error))
          }
        }
      }),
    )
    assert.equal((await stores[0]?.get('/count'))?.value, '15')
  })
}

async function onlyOneWins(write: (i: number) => Promise<unknown> | undefined): Promise<void> {
  const results = await Promise.allSettled(Array.from({ length: 9 }, (_, i) => write(i)))
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const result of results) {
    if (result.status === 'rejected') assert.equal(result.reason.code, 'aborted', String(result.reason))
  }
}
