import assert from 'node:assert/strict'
import type { Entry } from '@kumquat/core'
import type { Fact } from './setup.ts'

const valuesOf = (entries: readonly Entry[]): string[] => entries.map(({ name, value }) => `${name}=${value}`)

export function watchFacts(fact: Fact): void {
  fact('begins with the whole set', async (backing) => {
    const store = await backing.open()
    await store.put('/a/c', '2')
    await store.put('/a/b', '1')
    const watch = await store.watch('/a')
    assert.deepEqual(valuesOf(watch.current), ['b=1', 'c=2'])
    assert.deepEqual(watch.current, await store.list('/a'))
  })

  fact('sees what other stores add, change and remove', async (backing, until) => {
    const other = await backing.open()
    const watch = await (await backing.open()).watch('/a')
    assert.deepEqual(watch.current, [])
    await other.put('/a/b', '1')
    await until(() => assert.deepEqual(valuesOf(watch.current), ['b=1']))
    await other.put('/a/c', '2')
    await until(() => assert.deepEqual(valuesOf(watch.current), ['b=1', 'c=2']))
    await other.put('/a/b', '3')
    await until(() => assert.deepEqual(valuesOf(watch.current), ['b=3', 'c=2']))
    await other.delete('/a/b')
    await until(() => assert.deepEqual(valuesOf(watch.current), ['c=2']))
  })

  fact('sees held entries come, change and go', async (backing, until) => {
    const other = await backing.open()
    const watch = await (await backing.open()).watch('/a')
    const held = await other.hold('/a/b', '1')
    await until(() => assert.deepEqual(valuesOf(watch.current), ['b=1']))
    await held.update('2')
    await until(() => assert.deepEqual(valuesOf(watch.current), ['b=2']))
    await held[Symbol.asyncDispose]()
    await until(() => assert.deepEqual(watch.current, []))
    await other.hold('/a/c', '3')
    await until(() => assert.deepEqual(valuesOf(watch.current), ['c=3']))
    await other[Symbol.asyncDispose]()
    await until(() => assert.deepEqual(watch.current, []))
  })

  fact('goes on after its path was removed and made again', async (backing, until) => {
    const store = await backing.open()
    const watch = await (await backing.open()).watch('/a/b')
    for (const value of ['1', '2', '3']) {
      await store.put('/a/b/c', value)
      await until(() => assert.deepEqual(valuesOf(watch.current), [`c=${value}`]))
      await store.delete('/a/b/c')
      await store.delete('/a/b')
      await store.delete('/a')
      await until(() => assert.deepEqual(watch.current, []))
    }
  })

  fact('arrives at the last of many quick changes', async (backing, until) => {
    const other = await backing.open()
    const watch = await (await backing.open()).watch('/a')
    await Promise.all(Array.from({ length: 20 }, (_, i) => other.put(`/a/${i}`, 'x')))
    for (let i = 0; i < 20; i += 1) await other.put('/a/0', `${i}`)
    for (let i = 1; i < 20; i += 1) await other.delete(`/a/${i}`)
    await until(() => assert.deepEqual(valuesOf(watch.current), ['0=19']))
  })

  fact('tells each set, and keeps the identity of what did not change', async (backing, until) => {
    const other = await backing.open()
    await other.put('/a/b', '1')
    const watch = await (await backing.open()).watch('/a')
    const told: (readonly Entry[])[] = []
    const subscription = watch.subscribe((entries) => told.push(entries))
    const [before] = watch.current
    await other.put('/a/c', '2')
    await until(() => assert.deepEqual(told.map(valuesOf).at(-1), ['b=1', 'c=2']))
    assert.equal(watch.current[0], before)
    assert.equal(told.at(-1), watch.current)
    subscription[Symbol.dispose]()
    const sets = told.length
    await other.put('/a/d', '3')
    await until(() => assert.equal(watch.current.length, 3))
    assert.equal(told.length, sets)
  })

  fact('tells nothing of grandchildren and neighbours', async (backing, until) => {
    const other = await backing.open()
    await other.put('/a/b', '1')
    const watch = await (await backing.open()).watch('/a')
    const told: string[][] = []
    watch.subscribe((entries) => told.push(valuesOf(entries)))
    await other.put('/a/b/deep', 'x')
    await other.put('/ab', 'x')
    await other.put('/b/a', 'x')
    await other.put('/a/z', 'last')
    await until(() => assert.deepEqual(told.at(-1), ['b=1', 'z=last']))
    assert.equal(told.length, 1)
  })

  fact('is silent once disposed, and leaves other watches of the path alone', async (backing, until) => {
    const other = await backing.open()
    const store = await backing.open()
    const [first, second] = [await store.watch('/a'), await store.watch('/a')]
    let told = 0
    first.subscribe(() => {
      told += 1
    })
    await first[Symbol.asyncDispose]()
    await first[Symbol.asyncDispose]()
    await other.put('/a/b', '1')
    await until(() => assert.deepEqual(valuesOf(second.current), ['b=1']))
    assert.equal(told, 0)
    assert.deepEqual(first.current, [])
  })
}
