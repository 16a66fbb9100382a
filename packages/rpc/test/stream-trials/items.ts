import { expect } from 'chai'
import { aborted } from './feeds.ts'
import { all, type BeginStreams, failing } from './stream-stage.ts'

/** How items travel, and when anything begins. */
export function items(begin: BeginStreams, textBytes: number): void {
  it('yields every item in order, and ends', async () => {
    const { feeds, stream } = await begin()
    expect(await all(stream('count', [1_000]))).to.deep.equal(Array.from({ length: 1_000 }, (_, n) => n))
    expect(feeds.events).to.deep.equal(['count entered', 'count closed'])
    expect(feeds.signal!.aborted).to.equal(false)
  })

  it('may have no items at all', async () => {
    const { stream } = await begin()
    expect(await all(stream('count', [0]))).to.deep.equal([])
  })

  it('carries whatever JSON can, and null for nothing', async () => {
    const { stream } = await begin()
    const values = [
      1,
      'ä€😀\n\u2028',
      null,
      true,
      [1, [2]],
      { item: 1 },
      { end: {} },
      { error: { code: 'internal' } },
      '',
    ]
    expect(await all(stream('values', values))).to.deep.equal(values)
  })

  it('yields what a method returns by a promise', async () => {
    const { stream } = await begin()
    expect(await all(stream('later', [3]))).to.deep.equal([0, 1, 2])
  })

  it('begins nothing before it is iterated', async () => {
    const { feeds, stream } = await begin()
    stream('count', [3])
    const opened = stream('count', [3])[Symbol.asyncIterator]()
    await opened.return?.()
    expect(await opened.next()).to.deep.equal({ done: true, value: undefined })
    expect(await all(stream('values', [1]))).to.deep.equal([1])
    expect(feeds.events).to.deep.equal([])
  })

  it('is iterated once, and says so to who tries again', async () => {
    const { stream } = await begin()
    const counted = stream('count', [1])
    await all(counted)
    expect(() => counted[Symbol.asyncIterator]()).to.throw(TypeError, 'trial/feeds/count was iterated already')
  })

  it('answers several who ask at once in order, and each after the end with the end', async () => {
    const { stream } = await begin()
    const iterator = stream('count', [2])[Symbol.asyncIterator]()
    const results = await Promise.all([1, 2, 3, 4].map(() => iterator.next()))
    expect(results.map(({ value }) => value as unknown)).to.deep.equal([0, 1, undefined, undefined])
    expect(results.map(({ done }) => done)).to.deep.equal([false, false, true, true])
  })

  it('carries many streams at once', async () => {
    const { stream } = await begin()
    const many = await Promise.all(Array.from({ length: 20 }, (_, n) => all(stream('count', [n]))))
    expect(many.map(({ length }) => length)).to.deep.equal(Array.from({ length: 20 }, (_, n) => n))
  })

  it('keeps the current call through every await and yield', async () => {
    const { stream } = await begin()
    const seen = { caller: 'web', attachments: { lane: 'gray' }, method: 'context' }
    expect(await all(stream('context', [], { attachments: { lane: 'gray' } }))).to.deep.equal([seen, seen, seen, seen])
  })

  it('carries an item at the limit of its reader, and refuses one above it', async () => {
    const { feeds, stream } = await begin({ maxItemBytes: 1_000 })
    const atLimit = 'x'.repeat(1_000 - textBytes)
    expect(await all(stream('values', [atLimit]))).to.deep.equal([atLimit])
    const { items: got, error } = await failing(stream('values', ['short', `${atLimit}x`]))
    expect(got).to.deep.equal(['short'])
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'unknown' })
    await failing(stream('blocks', [1_001]))
    await aborted(feeds.signal)
  })
}
