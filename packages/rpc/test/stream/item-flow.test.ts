import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect } from 'chai'
import fc from 'fast-check'
import { assembly } from '../../src/stream/assembly.ts'
import { FrameType } from '../../src/stream/frame.ts'
import { FrameReader } from '../../src/stream/frame-reader.ts'
import { FrameWriter } from '../../src/stream/frame-writer.ts'
import { ItemReceiver, type ItemReceiverParts } from '../../src/stream/item-receiver.ts'
import { ItemSender } from '../../src/stream/item-sender.ts'

/** Two sockets, one at each end. */
async function pair(): Promise<readonly [Socket, Socket]> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const near = connect((server.address() as { port: number }).port, '127.0.0.1')
  const [far] = (await once(server, 'connection')) as [Socket]
  server.close()
  return [near, far]
}

describe('items on their way', () => {
  let near: Socket
  let far: Socket
  beforeEach(async () => {
    ;[near, far] = await pair()
  })
  afterEach(() => {
    near.destroy()
    far.destroy()
  })

  it('arrive in order whatever their sizes and windows, of many streams, to readers that ask one by one or ahead', async function () {
    this.timeout(60_000)
    const there = new FrameWriter(near)
    let receivers: ItemReceiver[] = []
    const come = new FrameReader(
      2 ** 20,
      assembly({ maxMessageBytes: 100, onTooLong: () => {} }, (type, id, bytes, start, end) => {
        if (type === FrameType.end) receivers[id]!.end()
        else receivers[id]!.take(type === FrameType.item, bytes, start, end)
      }),
    )
    far.on('data', (chunk: Buffer) => come.push(chunk))
    const stream = fc.record({
      sizes: fc.array(fc.oneof(fc.nat(50), fc.nat(5_000), fc.integer({ min: 60_000, max: 300_000 })), {
        maxLength: 12,
      }),
      windowBytes: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5_000 }), fc.constant(262_144)),
      ahead: fc.integer({ min: 1, max: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(stream, { minLength: 1, maxLength: 6 }), async (streams) => {
        const sent = streams.map(({ sizes }, id) => sizes.map((size, n) => `${id}/${n}`.padEnd(size, 'é')))
        const senders = sent.map((items, id) => {
          const parts = { writer: there, id, encode: (item: unknown) => JSON.stringify(item) }
          const ended = (): void => there.number(FrameType.end, id)
          const failed = (): never => expect.fail('it fails')
          return new ItemSender({
            ...parts,
            items: (async function* () {
              yield* items
            })(),
            ended,
            failed,
          })
        })
        receivers = streams.map(
          ({ windowBytes }, id) =>
            new ItemReceiver({
              ...{ windowBytes, maxItemBytes: 2 ** 20, binary: undefined, left: () => {} },
              decode: (item) => JSON.parse(item as string) as unknown,
              grant: (bytes) => setImmediate(() => senders[id]!.credit(bytes)),
              broke: (limit) => expect.fail(`it broke the ${limit}`),
            }),
        )
        const reading = streams.map(async ({ ahead }, id) => {
          const read: unknown[] = []
          for (;;) {
            const results = await Promise.all(Array.from({ length: ahead }, () => receivers[id]!.next()))
            for (const { done, value } of results) if (done !== true) read.push(value)
            if (results.at(-1)!.done === true) return read
          }
        })
        expect(await Promise.all(reading)).to.deep.equal(sent)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a receiver of items', () => {
  const receiving = (parts: Partial<ItemReceiverParts> = {}) => {
    const told: string[] = []
    const receiver = new ItemReceiver({
      ...{ windowBytes: 4_096, maxItemBytes: 10, binary: undefined },
      decode: (item) => JSON.parse(item as string) as unknown,
      grant: (bytes) => told.push(`grant ${bytes}`),
      left: () => told.push('left'),
      broke: (limit) => told.push(`broke ${limit}`),
      ...parts,
    })
    const take = (text: string, isLast = true): void => receiver.take(isLast, Buffer.from(text), 0, text.length)
    return { receiver, take, told }
  }

  it('gives no credit before anybody reads, and takes nothing until then', () => {
    const { take, told } = receiving()
    take('1')
    expect(told).to.deep.equal(['broke window'])
  })

  it('gives credit to whoever waits, though several do', async () => {
    const { receiver, take, told } = receiving({ windowBytes: 1 })
    const both = [receiver.next(), receiver.next()]
    expect(told).to.deep.equal(['grant 1'])
    take('1')
    expect(told).to.deep.equal(['grant 1', 'grant 1024'])
    take('2')
    expect((await Promise.all(both)).map(({ value }) => value as unknown)).to.deep.equal([1, 2])
  })

  it('forgets what it holds when its reader leaves, and says so once', async () => {
    const { receiver, take, told } = receiving()
    const first = receiver.next()
    for (const text of ['1', '2']) take(text)
    take('"abc', false)
    expect((await first).value).to.equal(1)
    const waiting = [receiver.next(), receiver.next()]
    await receiver.return()
    await receiver.return()
    take('4')
    expect((await Promise.all(waiting)).map(({ value }) => value as unknown)).to.deep.equal([2, undefined])
    expect(await receiver.next()).to.deep.equal({ done: true, value: undefined })
    expect(told).to.deep.equal(['grant 4096', 'grant 2048', 'left'])
  })

  it('throws a failure after the items before it, once, and gives no credit any more', async () => {
    const { receiver, take, told } = receiving({ windowBytes: 1_024 })
    const first = receiver.next()
    take('1')
    receiver.fail(new Error('too bad'))
    expect((await first).value).to.equal(1)
    expect(await receiver.next().catch(String)).to.equal('Error: too bad')
    expect((await receiver.next()).done).to.equal(true)
    expect(told).to.deep.equal(['grant 1024'])
  })

  it('leaves when it cannot read an item', async () => {
    const { receiver, take, told } = receiving()
    const first = receiver.next()
    take('no')
    expect(await first.catch(String)).to.contain('SyntaxError')
    expect((await receiver.next()).done).to.equal(true)
    expect(told).to.deep.equal(['grant 4096', 'left'])
  })
})
