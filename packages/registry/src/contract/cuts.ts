import assert from 'node:assert/strict'
import { rejects } from './rejects.ts'
import type { Fact } from './setup.ts'
import { assertIsStory, storyOf } from './story.ts'

export function cutFacts(fact: Fact): void {
  fact('rejects with unavailable while it is down, and works when it is back', async (backing, until) => {
    const store = await backing.open()
    await store.put('/a', '1')
    await backing.cut()
    await Promise.all([rejects(store.get('/a'), 'unavailable'), rejects(store.put('/a', '2'), 'unavailable')])
    await until(() => assert.notEqual(store.session.current, 'connected'))
    await backing.mend()
    await until(() => assert.equal(store.session.current, 'connected'))
    await store.put('/a', '3')
    assert.equal((await store.get('/a'))?.value, '3')
  })

  fact('tells it as a story: suspended, perhaps lost, connected, and closed at last', async (backing, until) => {
    const store = await backing.open()
    await store.hold('/a', '1')
    await until(() => assert.equal(store.session.current, 'connected'))
    const states = storyOf(store)
    for (let times = 1; times <= 2; times += 1) {
      await backing.cut()
      await rejects(store.get('/a'), 'unavailable')
      await until(() => assert.notEqual(store.session.current, 'connected'))
      await backing.mend()
      await until(() => assert.equal(store.session.current, 'connected'))
      assert.equal((await store.get('/a'))?.value, '1')
    }
    await store[Symbol.asyncDispose]()
    assert.equal(states.at(-1), 'closed')
    assert.ok(states.includes('suspended'), states.join())
    assertIsStory(states)
  })

  fact('keeps the last set of a watch, and tells the changes when it is back', async (backing, until) => {
    const store = await backing.open()
    const watch = await (await backing.open()).watch('/a')
    await store.put('/a/b', '1')
    await until(() => assert.equal(watch.current.length, 1))
    await backing.cut()
    await rejects(store.get('/a'), 'unavailable')
    assert.equal(watch.current.length, 1)
    await backing.mend()
    await until(() => store.put('/a/c', '2').then(() => {}))
    await until(() =>
      assert.deepEqual(
        watch.current.map(({ value }) => value),
        ['1', '2'],
      ),
    )
  })

  fact('still holds what it held, with an update made meanwhile', async (backing, until) => {
    const store = await backing.open()
    const held = await store.hold('/a', '1')
    await backing.cut()
    await rejects(held.update('2'), 'unavailable')
    await backing.mend()
    await until(async () => assert.equal((await store.get('/a'))?.value, '2'))
  })

  fact('removes what was disposed meanwhile', async (backing, until) => {
    const store = await backing.open()
    const held = await store.hold('/a/b', '1')
    await store.hold('/a/c', '2')
    await backing.cut()
    await held[Symbol.asyncDispose]()
    await backing.mend()
    await until(async () =>
      assert.deepEqual(
        (await store.list('/a')).map(({ name }) => name),
        ['c'],
      ),
    )
  })

  fact('holds nothing after a hold that was rejected', async (backing, until) => {
    const store = await backing.open()
    await store.put('/a/b', '1')
    await backing.cut()
    await rejects(store.hold('/a/c', '2'), 'unavailable')
    await backing.mend()
    await until(async () =>
      assert.deepEqual(
        (await store.list('/a')).map(({ name }) => name),
        ['b'],
      ),
    )
  })

  fact('closes while it is down', async (backing) => {
    const store = await backing.open()
    await store.hold('/a', '1')
    await backing.cut()
    await store[Symbol.asyncDispose]()
    assert.equal(store.session.current, 'closed')
    await backing.mend()
  })
}
