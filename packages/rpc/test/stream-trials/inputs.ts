import { RpcError } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { settled } from './settled.ts'
import { all, type BeginStreams, failing } from './stream-stage.ts'

/** A source that notes what is asked of it, and whether it was closed. */
function source(most: number): { readonly input: AsyncGenerator<number>; readonly events: string[]; made: number } {
  const events: string[] = []
  const own = { events, made: 0, input: make() }
  return own

  async function* make(): AsyncGenerator<number> {
    events.push('opened')
    try {
      for (let n = 0; n < most; n++) {
        own.made++
        yield n
      }
    } finally {
      events.push('closed')
    }
  }
}

/** Streams from the consumer, of transports that carry them. */
export function inputs(begin: BeginStreams, textBytes: number): void {
  it('takes a stream after its arguments, and yields the one reply', async () => {
    const { feeds, send } = await begin()
    const own = source(100)
    expect(await all(send('client', 'sum', own.input, [1_000]))).to.deep.equal([5_950])
    expect(own.events).to.deep.equal(['opened', 'closed'])
    expect(feeds.events).to.deep.equal(['sum closed'])
  })

  it('lets a method leave its input before the end, which closes it', async () => {
    const { send } = await begin()
    const own = source(Number.POSITIVE_INFINITY)
    expect(await all(send('client', 'first', own.input, [3]))).to.deep.equal([[0, 1, 2]])
    await eventually(() => expect(own.events).to.deep.equal(['opened', 'closed']))
    expect(own.made).to.be.lessThan(300)
  })

  it('never opens an input that nobody reads', async () => {
    const { send } = await begin()
    const own = source(3)
    expect(await all(send('client', 'first', own.input, [0]))).to.deep.equal([[]])
  })

  it('streams both ways, each item made of the answer to the one before', async () => {
    const { send } = await begin()
    const answers: number[] = []
    let answered = (): void => {}
    const input = (async function* () {
      for (let next = 1; next < 100; next = answers.at(-1)!) {
        const answer = new Promise<void>((resolve) => {
          answered = resolve
        })
        yield next
        await answer
      }
    })()
    for await (const answer of send('both', 'double', input)) {
      answers.push(answer as number)
      answered()
    }
    expect(answers).to.deep.equal([2, 4, 8, 16, 32, 64, 128])
  })

  it('closes both ends when its reader breaks off', async () => {
    const { feeds, send } = await begin()
    const own = source(Number.POSITIVE_INFINITY)
    for await (const answer of send('both', 'double', own.input)) if (answer === 4) break
    await eventually(() => expect(own.events).to.deep.equal(['opened', 'closed']))
    await eventually(() => expect(feeds.events).to.deep.equal(['double aborted']))
  })

  it('closes both ends at its deadline, though the input hangs', async () => {
    const { feeds, stream } = await begin()
    const input = (async function* () {
      yield 1
      await new Promise(() => {})
    })()
    const { items, error } = await failing(stream('double', [], { stream: 'both', input, timeoutMs: 100 }))
    expect(items).to.deep.equal([2])
    expect(error).to.include({ code: 'deadline_exceeded' })
    await eventually(() => expect(feeds.events).to.deep.equal(['double aborted']))
  })

  it('is canceled when its input throws, and says why', async () => {
    const { feeds, send } = await begin()
    const input = (async function* () {
      yield 1
      throw new Error('no more paper')
    })()
    const { error } = await failing(send('client', 'sum', input, [0]))
    expect(error).to.be.instanceOf(RpcError).and.include({ code: 'canceled' })
    expect((error as RpcError).message).to.contain('its input failed: no more paper')
    await eventually(() => expect(feeds.events).to.deep.equal(['sum aborted']))
  })

  it('refuses an item above the limit of its provider', async () => {
    const { send } = await begin({ maxBodyBytes: 1_024 })
    const input = (async function* () {
      yield 'x'.repeat(1_024 - textBytes)
      yield 'x'.repeat(1_025 - textBytes)
    })()
    expect((await failing(send('client', 'first', input, [9]))).error).to.include({ code: 'resource_exhausted' })
  })

  it('gives a method what came before an item above the limit, then says so, and closes the input', async () => {
    const { feeds, send } = await begin({ maxBodyBytes: 1_024 })
    let isClosed = false
    const input = (async function* () {
      try {
        for (const size of [1, 2, 200_000, 3]) yield 'x'.repeat(size)
      } finally {
        isClosed = true
      }
    })()
    expect((await failing(send('client', 'noting', input))).error).to.include({ code: 'resource_exhausted' })
    await eventually(() => expect(feeds.events).to.deep.equal(['1 chars', '2 chars', 'resource_exhausted']))
    await eventually(() => expect(isClosed).to.equal(true))
  })

  it('is canceled when its input has an item that cannot travel', async () => {
    const { send } = await begin()
    const input = (async function* () {
      yield 1n
    })()
    const { error } = await failing(send('client', 'sum', input, [0]))
    expect((error as RpcError).message).to.contain('an item that JSON cannot carry')
  })

  it('opens no input before its method reads it, nor at all of a stream that is refused', async () => {
    const { send } = await begin()
    const own = source(3)
    expect(await all(send('client', 'first', own.input, [0]))).to.deep.equal([[]])
    expect((await failing(send('client', 'nowhere', own.input))).error).to.include({ code: 'unimplemented' })
    expect((await failing(send('both', 'count', own.input))).error).to.include({ code: 'unimplemented' })
    expect(own.events).to.deep.equal([])
  })

  it('sends no more than its method takes, but for what is on the way, and holds up nobody', async () => {
    const { call, feeds, send, stream } = await begin()
    let made = 0
    const input = (async function* () {
      for (; made < 1_000; made++) yield 'x'.repeat(65_536)
    })()
    const taken = all(send('client', 'slowly', input))
    expect(await settled(() => made)).to.be.lessThan(400)
    const own = source(100)
    const others = [all(stream('count', [500])), all(send('client', 'sum', own.input, [0])), call('plain')]
    const [counted, summed, plain] = await Promise.all(others)
    expect(counted).to.have.length(500)
    expect([summed, plain]).to.deep.equal([[4_950], 'plain'])
    expect(made).to.be.lessThan(400)
    feeds.release()
    expect(await taken).to.deep.equal([1_000])
  })

  it('carries long items there and back, beside others', async () => {
    const { send } = await begin()
    const lengths = await Promise.all(
      [1, 2, 3].map(async (n) => {
        const input = (async function* () {
          for (const size of [1, 300_000, 2, 900_000]) yield `${n}`.repeat(size)
        })()
        const [taken] = (await all(send('client', 'first', input, [9]))) as [string[]]
        return taken.map((text) => (text === `${n}`.repeat(text.length) ? text.length : 'mixed up'))
      }),
    )
    expect(lengths).to.deep.equal([1, 2, 3].map(() => [1, 300_000, 2, 900_000]))
  })

  it('asks no more of its input than the method takes, but for what is on the way', async () => {
    const { send } = await begin()
    const own = source(Number.POSITIVE_INFINITY)
    const iterator = send('both', 'double', own.input)[Symbol.asyncIterator]()
    for (let n = 0; n < 10; n++) await iterator.next()
    expect(own.made).to.be.lessThan(10 + 300)
    await iterator.return?.()
  })
}
