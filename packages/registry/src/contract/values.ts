import assert from 'node:assert/strict'
import { rejects } from './rejects.ts'
import type { Fact } from './setup.ts'

const NAMES = [
  '10.0.0.1:20080',
  '[2001:db8::1]:80',
  '.hidden',
  '..entry',
  'a.entry',
  'a',
  'A%2Fb',
  'a b',
  'größe-東京',
  '~!*()\'"?&=#+;$|<>\\',
  'x'.repeat(200),
]

export function valueFacts(fact: Fact): void {
  fact('answers undefined for what is not there', async (backing) => {
    assert.equal(await (await backing.open()).get('/a/b'), undefined)
  })

  fact('gives back what was put, to any store', async (backing) => {
    const value = '{"city":"東京","note":"\\n\\u0000"}\n\n'
    const revision = await (await backing.open()).put('/a/b', value)
    assert.deepEqual(await (await backing.open()).get('/a/b'), { path: '/a/b', name: 'b', value, revision })
  })

  fact('keeps an empty value', async (backing) => {
    const store = await backing.open()
    await store.put('/a', '')
    assert.equal((await store.get('/a'))?.value, '')
  })

  fact('makes parents with the first child', async (backing) => {
    const store = await backing.open()
    await store.put('/a/b/c', 'x')
    assert.equal((await store.get('/a'))?.value, '')
    assert.equal((await store.get('/a/b'))?.name, 'b')
  })

  fact('keeps the children of an entry that is written', async (backing) => {
    const store = await backing.open()
    await store.put('/a/b', 'x')
    await store.put('/a', 'y')
    assert.equal((await store.get('/a'))?.value, 'y')
    assert.equal((await store.get('/a/b'))?.value, 'x')
  })

  fact('lists children with their values, sorted by name, without grandchildren', async (backing) => {
    const store = await backing.open()
    await store.put('/a/c', '3')
    await store.put('/a/b', '2')
    await store.put('/a/b/deep', '4')
    const listed = (await store.list('/a')).map(({ path, name, value }) => ({ path, name, value }))
    assert.deepEqual(listed, [
      { path: '/a/b', name: 'b', value: '2' },
      { path: '/a/c', name: 'c', value: '3' },
    ])
  })

  fact('lists the root', async (backing) => {
    const store = await backing.open()
    await store.put('/b', '')
    await store.put('/a/x', '')
    assert.deepEqual(
      (await store.list('/')).map(({ path }) => path),
      ['/a', '/b'],
    )
  })

  fact('lists nothing where there is nothing, or no child', async (backing) => {
    const store = await backing.open()
    await store.put('/a', 'x')
    assert.deepEqual(await store.list('/a'), [])
    assert.deepEqual(await store.list('/nowhere'), [])
  })

  fact('keeps every printable name apart', async (backing) => {
    const store = await backing.open()
    for (const name of NAMES) await store.put(`/a/${name}`, name)
    for (const name of NAMES) assert.equal((await store.get(`/a/${name}`))?.value, name)
    assert.deepEqual(
      (await store.list('/a')).map(({ name }) => name),
      [...NAMES].sort(),
    )
    for (const name of NAMES) await store.delete(`/a/${name}`)
    assert.deepEqual(await store.list('/a'), [])
  })

  fact('deletes, and does not mind what is not there', async (backing) => {
    const store = await backing.open()
    await store.put('/a/b', 'x')
    await store.delete('/a/b')
    await store.delete('/a/b')
    await store.delete('/x/y')
    assert.equal(await store.get('/a/b'), undefined)
    assert.deepEqual(await store.list('/a'), [])
  })

  fact('refuses to delete what has children', async (backing) => {
    const store = await backing.open()
    await store.put('/a/b', 'x')
    await rejects(store.delete('/a'), 'failed_precondition')
    assert.equal((await store.get('/a/b'))?.value, 'x')
  })

  fact('refuses a path that is none, with TypeError', async (backing) => {
    const store = await backing.open()
    for (const path of ['', 'a', '/a/', '//', '/a/../b', '/a\nb', '/\u0000', '/./a']) {
      await assert.rejects(store.get(path), TypeError)
      await assert.rejects(store.put(path, ''), TypeError)
      await assert.rejects(store.hold(path, ''), TypeError)
      await assert.rejects(store.watch(path), TypeError)
    }
  })

  fact('refuses to write the root', async (backing) => {
    const store = await backing.open()
    await assert.rejects(store.put('/', 'x'), TypeError)
    await assert.rejects(store.delete('/'), TypeError)
    await assert.rejects(store.hold('/', 'x'), TypeError)
  })

  fact('refuses a value above its limit in bytes, and takes one at the limit', async (backing) => {
    const store = await backing.open({ maxValueBytes: 8 })
    await store.put('/a', 'éééé')
    await rejects(store.put('/a', 'ééééé'), 'resource_exhausted')
    await rejects(store.hold('/b', 'x'.repeat(9)), 'resource_exhausted')
    const held = await store.hold('/b', 'x')
    await rejects(held.update('x'.repeat(9)), 'resource_exhausted')
    assert.equal((await store.get('/a'))?.value, 'éééé')
    assert.equal((await store.get('/b'))?.value, 'x')
  })

  fact('takes a value of half a mebibyte, and no larger one unless told so', async (backing) => {
    const store = await backing.open()
    const value = 'x'.repeat(512 * 1024)
    await store.put('/a', value)
    assert.equal((await store.get('/a'))?.value, value)
    await rejects(store.put('/a', `${value}x`), 'resource_exhausted')
  })
}
