import { expect } from 'chai'
import { settled } from './settled.ts'
import { all, type BeginStreams } from './stream-stage.ts'

/** That a slow reader makes a slow producer, and nobody else slow. */
export function pressure(begin: BeginStreams): void {
  it('produces no more than its reader takes, but for what is on the way', async () => {
    const { feeds, stream } = await begin()
    const iterator = stream('blocks', [65_536])[Symbol.asyncIterator]()
    await iterator.next()
    const ahead = await settled(() => feeds.made)
    // 64 KiB each: the buffers of two sockets, of the writer and of the reader.
    expect(ahead).to.be.lessThan(400)
    for (let taken = 0; taken < 500; taken++) await iterator.next()
    expect((await settled(() => feeds.made)) - 501).to.be.lessThan(400)
    expect(feeds.made).to.be.greaterThan(500)
    await iterator.return?.()
  })

  it('holds up no call and no other stream while its reader is slow', async () => {
    const { call, feeds, stream } = await begin()
    const slow = Array.from({ length: 5 }, () => stream('blocks', [65_536])[Symbol.asyncIterator]())
    for (const one of slow) await one.next()
    await settled(() => feeds.made)
    const before = feeds.made
    const [counted, ...plain] = await Promise.all([
      all(stream('count', [1_000])),
      ...Array.from({ length: 50 }, () => call('plain')),
    ])
    expect(counted).to.have.length(1_000)
    expect(new Set(plain)).to.deep.equal(new Set(['plain']))
    // What the buffers of sockets take late, when a window that was closed opens again.
    expect(feeds.made - before - 1_000).to.be.within(0, 400)
    for (const one of slow) expect((await one.next()).value).to.have.length(65_536)
    for (const one of slow) await one.return?.()
  })

  it('keeps short and long items in order, of many streams beside calls', async () => {
    const { call, stream } = await begin()
    const read = async (): Promise<void> => {
      const got = await all(stream('mixed', [12, 70_000]))
      const sizes = got.map((item, n) => [
        (item as string).startsWith(`${n}:é`),
        (item as string).split(':')[1]!.length,
      ])
      expect(sizes).to.deep.equal(Array.from({ length: 12 }, (_, n) => [true, n % 2 === 0 ? 1 : 70_000]))
    }
    const reading = Array.from({ length: 10 }, read)
    for (let n = 0; n < 100; n++) expect(await call('plain')).to.equal('plain')
    await Promise.all(reading)
  })
}
