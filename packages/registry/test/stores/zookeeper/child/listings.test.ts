import type { Entry } from '@kumquat/core'
import { expect } from 'chai'
import { Listings } from '../../../../src/stores/zookeeper/child/listings.ts'
import { EntrySet } from '../../../../src/stores/zookeeper/entry-set.ts'
import { rejection } from '../../../rejection.ts'

describe('Listings', () => {
  let nodes: Map<string, string>
  let reads: string[]
  let duringRead: (path: string) => void
  let listings: Listings
  let set: EntrySet

  beforeEach(() => {
    nodes = new Map([
      ['a', '1'],
      ['b', '1'],
    ])
    reads = []
    duringRead = () => {}
    set = new EntrySet()
    listings = new Listings({
      async names() {
        reads.push('names')
        const names = [...nodes.keys()]
        duringRead('names')
        return names
      },
      async entry(path) {
        const name = path.slice('/w/'.length)
        reads.push(name)
        const value = nodes.get(name)
        duringRead(name)
        return value === undefined ? undefined : { path, name, value, revision: value }
      },
    })
  })

  const asked = async (hinted = true): Promise<readonly Entry[]> =>
    set.learn(await listings.news('/w', hinted, set.known.version))
  const values = (entries: readonly Entry[]): string[] => entries.map(({ name, value }) => `${name}=${value}`)
  /** What was read since the last look. */
  const readNow = (): string[] => reads.splice(0)

  it('reads everything at first, and afterwards what was touched', async () => {
    expect(values(await asked())).to.deep.equal(['a=1', 'b=1'])
    expect(readNow()).to.deep.equal(['names', 'a', 'b'])
    nodes.set('b', '2')
    listings.touch('/w/b')
    expect(values(await asked())).to.deep.equal(['a=1', 'b=2'])
    expect(readNow()).to.deep.equal(['b'])
    expect(values(await asked())).to.deep.equal(['a=1', 'b=2'])
    expect(readNow()).to.deep.equal([])
  })

  it('reads of a set that has grown what is new in it', async () => {
    await asked()
    readNow()
    nodes.set('0', '1')
    nodes.delete('b')
    listings.touch('/w')
    listings.touch('/w/b')
    expect(values(await asked())).to.deep.equal(['0=1', 'a=1'])
    expect(readNow()).to.deep.equal(['names', '0'])
  })

  it('reads everything when it shall not trust what it was told', async () => {
    await asked()
    readNow()
    nodes.set('a', '2')
    expect(values(await asked())).to.deep.equal(['a=1', 'b=1'])
    expect(values(await asked(false))).to.deep.equal(['a=2', 'b=1'])
    expect(readNow()).to.deep.equal(['names', 'a', 'b'])
  })

  it('reads again what was touched while it was being read', async () => {
    duringRead = (what) => {
      duringRead = () => {}
      if (what === 'names') nodes.set('c', '1')
      listings.touch('/w')
    }
    await asked()
    expect(values(await asked())).to.deep.equal(['a=1', 'b=1', 'c=1'])
    duringRead = (what) => {
      nodes.set(what, '3')
      listings.touch(`/w/${what}`)
      duringRead = () => {}
    }
    nodes.set('a', '2')
    listings.touch('/w/a')
    expect(values(await asked())).to.deep.equal(['a=2', 'b=1', 'c=1'])
    expect(values(await asked())).to.deep.equal(['a=3', 'b=1', 'c=1'])
  })

  it('leaves out what vanished between its naming and its reading', async () => {
    duringRead = () => void nodes.delete('b')
    expect(values(await asked())).to.deep.equal(['a=1'])
  })

  it('tells the news only, and all of it to who has heard something else', async () => {
    await asked()
    nodes.set('a', '2')
    listings.touch('/w/a')
    const { version } = set.known
    const news = await listings.news('/w', true, version)
    expect(news).to.include({ whole: false })
    expect(values(news.entries)).to.deep.equal(['a=2'])
    const all = await listings.news('/w', true, version)
    expect(all).to.include({ whole: true, version: news.version })
    expect(values(all.entries)).to.deep.equal(['a=2', 'b=1'])
  })

  it('begins anew after a failure, and when it was told to forget', async () => {
    await asked()
    duringRead = () => {
      throw new Error('line down')
    }
    listings.touch('/w')
    expect(await rejection(asked())).to.have.property('message', 'line down')
    duringRead = () => {}
    readNow()
    expect(values(await asked())).to.deep.equal(['a=1', 'b=1'])
    expect(readNow()).to.deep.equal(['names', 'a', 'b'])
    listings.forget('/w')
    expect(values(await asked())).to.deep.equal(['a=1', 'b=1'])
    expect(readNow()).to.deep.equal(['names', 'a', 'b'])
  })

  it('gives two readers at once the same truth', async () => {
    await asked()
    nodes.set('a', '2')
    listings.touch('/w/a')
    const sets = await Promise.all([asked(), asked()])
    for (const entries of sets) expect(values(entries)).to.deep.equal(['a=2', 'b=1'])
  })

  it('watches no more single entries than the client can watch again in one packet', async () => {
    const watched = new Map([
      ['/w', 0],
      ['/x', 0],
    ])
    const names = Array.from({ length: 400 }, (_, i) => `${i}`.padStart(1_000, '0'))
    listings = new Listings({
      names: async () => names,
      async entry(path, withWatch) {
        const parent = path.slice(0, 2)
        if (withWatch) watched.set(parent, (watched.get(parent) ?? 0) + 1)
        return { path, name: path.slice(3), value: '', revision: '1' }
      },
    })
    for (const path of watched.keys()) await listings.news(path, true, undefined)
    expect([...watched.values()]).to.deep.equal([400, 0])
    listings.forget('/w')
    await listings.news('/x', false, undefined)
    expect([...watched.values()]).to.deep.equal([400, 400])
  })

  it('never asks for more than 64 entries at once', async () => {
    let now = 0
    let most = 0
    const names = Array.from({ length: 500 }, (_, i) => `n${i}`)
    const many = new Listings({
      names: async () => names,
      async entry(path) {
        most = Math.max(most, ++now)
        await new Promise<void>((resolve) => setImmediate(resolve))
        now -= 1
        return { path, name: path.slice('/w/'.length), value: '1', revision: '1' }
      },
    })
    expect((await many.news('/w', true, undefined)).entries).to.have.length(500)
    expect(most).to.equal(64)
  })
})
