import assert from 'node:assert/strict'
import type { Fact } from './setup.ts'
import { assertIsStory, storyOf } from './story.ts'

export function expiryFacts(fact: Fact): void {
  fact('says lost, then connected again', async (backing, until) => {
    const store = await backing.open()
    await store.hold('/a', '1')
    await until(() => assert.equal(store.session.current, 'connected'))
    const states = storyOf(store)
    await backing.expire()
    await until(() => assert.ok(states.includes('lost'), states.join()))
    await until(() => assert.equal(states.at(-1), 'connected'))
    assertIsStory(states)
  })

  fact('says connected only when what is held stands', async (backing, until) => {
    const store = await backing.open()
    await store.hold('/a/b', '1')
    await until(() => assert.equal(store.session.current, 'connected'))
    const states = storyOf(store)
    let standing: Promise<unknown> | undefined
    store.session.subscribe((state) => {
      if (state === 'connected') standing = store.get('/a/b')
    })
    await backing.expire()
    await until(() => assert.ok(states.includes('lost')))
    await until(() => assert.equal(states.at(-1), 'connected'))
    assert.ok(await standing)
  })

  fact('makes held entries again, with their latest values', async (backing, until) => {
    const store = await backing.open()
    const other = await backing.open()
    const held = await store.hold('/a/b', '1')
    await store.hold('/a/c', '2', { exclusive: true })
    await held.update('3')
    const states = storyOf(store)
    await backing.expire()
    await until(() => assert.ok(states.includes('lost')))
    await until(async () =>
      assert.deepEqual(
        (await other.list('/a')).map(({ value }) => value),
        ['3', '2'],
      ),
    )
    await held.update('4')
    assert.equal((await other.get('/a/b'))?.value, '4')
    await store[Symbol.asyncDispose]()
    assert.deepEqual(await other.list('/a'), [])
  })

  fact('never brings back what was disposed, however late', async (backing, until) => {
    const store = await backing.open()
    const other = await backing.open()
    const doomed = await Promise.all(Array.from({ length: 8 }, (_, i) => store.hold(`/a/${i}`, 'x')))
    await store.hold('/a/kept', 'x')
    const states = storyOf(store)
    const leaving = (async () => {
      for (const [i, held] of doomed.entries()) {
        for (let turns = 0; turns < i; turns += 1) await new Promise((resolve) => setImmediate(resolve))
        await held[Symbol.asyncDispose]()
      }
    })()
    await backing.expire()
    await leaving
    await until(() => assert.ok(states.includes('lost')))
    await until(async () =>
      assert.deepEqual(
        (await other.list('/a')).map(({ name }) => name),
        ['kept'],
      ),
    )
    await store.put('/z', 'afterwards')
    assert.deepEqual(
      (await other.list('/a')).map(({ name }) => name),
      ['kept'],
    )
  })

  fact('keeps its watches', async (backing, until) => {
    const store = await backing.open()
    const other = await backing.open()
    const watch = await store.watch('/a')
    await other.hold('/a/b', '1')
    await until(() => assert.equal(watch.current.length, 1))
    const states = [storyOf(store), storyOf(other)]
    await other.put('/x', '')
    await store.hold('/y', '')
    await backing.expire()
    for (const seen of states) await until(() => assert.ok(seen.includes('lost')))
    await other.put('/a/c', '2')
    await until(() =>
      assert.deepEqual(
        watch.current.map(({ value }) => value),
        ['1', '2'],
      ),
    )
  })
}
