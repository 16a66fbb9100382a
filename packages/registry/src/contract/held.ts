import assert from 'node:assert/strict'
import { rejects } from './rejects.ts'
import type { Fact } from './setup.ts'

export function heldFacts(fact: Fact): void {
  fact('shows a held entry to every store, until it is disposed', async (backing) => {
    const other = await backing.open()
    const held = await (await backing.open()).hold('/a/b', 'x')
    assert.equal(held.path, '/a/b')
    assert.equal((await other.get('/a/b'))?.value, 'x')
    assert.deepEqual(
      (await other.list('/a')).map(({ value }) => value),
      ['x'],
    )
    await held[Symbol.asyncDispose]()
    await held[Symbol.asyncDispose]()
    assert.equal(await other.get('/a/b'), undefined)
    assert.deepEqual(await other.list('/a'), [])
  })

  fact('takes held entries down with the store that holds them', async (backing) => {
    const other = await backing.open()
    const store = await backing.open()
    await store.hold('/a/b', 'x')
    await store.hold('/a/c', 'y')
    await store[Symbol.asyncDispose]()
    assert.deepEqual(await other.list('/a'), [])
  })

  fact('keeps what was put when the store is closed', async (backing) => {
    const store = await backing.open()
    await store.put('/a', 'x')
    await store[Symbol.asyncDispose]()
    assert.equal((await (await backing.open()).get('/a'))?.value, 'x')
  })

  fact('updates a held entry in place', async (backing) => {
    const other = await backing.open()
    const held = await (await backing.open()).hold('/a', '1')
    await held.update('2')
    assert.equal((await other.get('/a'))?.value, '2')
    await Promise.all([held.update('3'), held.update('4')])
    assert.equal((await other.get('/a'))?.value, '4')
  })

  fact('refuses to update what is held no longer', async (backing) => {
    const store = await backing.open()
    const held = await store.hold('/a', '1')
    await held[Symbol.asyncDispose]()
    await rejects(held.update('2'), 'failed_precondition')
    assert.equal(await store.get('/a'), undefined)
  })

  fact('replaces what stands there', async (backing) => {
    const store = await backing.open()
    await store.put('/a', 'put')
    await store.hold('/a', 'held')
    assert.equal((await store.get('/a'))?.value, 'held')
    await store[Symbol.asyncDispose]()
    assert.equal(await (await backing.open()).get('/a'), undefined)
  })

  fact('leaves an entry alone that another store has taken over', async (backing) => {
    const [first, second] = [await backing.open(), await backing.open()]
    const before = await first.hold('/a', 'first')
    await second.hold('/a', 'second')
    await before[Symbol.asyncDispose]()
    assert.equal((await second.get('/a'))?.value, 'second')
    await first[Symbol.asyncDispose]()
    assert.equal((await second.get('/a'))?.value, 'second')
  })

  fact('does not take back what another store has taken over, until that gives it up', async (backing, until) => {
    const [first, second] = [await backing.open(), await backing.open()]
    const before = await first.hold('/a', 'first')
    const after = await second.hold('/a', 'second')
    await rejects(before.update('first again'), 'already_exists')
    assert.equal((await second.get('/a'))?.value, 'second')
    await after[Symbol.asyncDispose]()
    await until(() => before.update('first at last'))
    assert.equal((await second.get('/a'))?.value, 'first at last')
  })

  fact('gives a path that is held twice by one store to the second', async (backing) => {
    const store = await backing.open()
    const before = await store.hold('/a', 'first')
    const after = await store.hold('/a', 'second')
    await rejects(before.update('first again'), 'failed_precondition')
    await before[Symbol.asyncDispose]()
    assert.equal((await store.get('/a'))?.value, 'second')
    await after[Symbol.asyncDispose]()
    assert.equal(await store.get('/a'), undefined)
  })

  fact('ends as told last when held and disposed in quick succession', async (backing) => {
    const store = await backing.open()
    const other = await backing.open()
    for (let round = 0; round < 5; round += 1) {
      const held = await store.hold('/a', `${round}`)
      const updating = held.update('late').catch(() => {})
      await held[Symbol.asyncDispose]()
      await updating
      assert.equal(await other.get('/a'), undefined)
    }
    const [first, second] = await Promise.all([store.hold('/a', '1'), store.hold('/a', '2')])
    assert.equal((await other.get('/a'))?.value, '2')
    await Promise.all([first[Symbol.asyncDispose](), second[Symbol.asyncDispose]()])
    assert.equal(await other.get('/a'), undefined)
  })
}
