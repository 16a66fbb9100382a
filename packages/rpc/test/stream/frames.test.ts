import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { assembly } from '../../src/stream/assembly.ts'
import { FrameType, HEADER_BYTES, MORE, PART_BYTES } from '../../src/stream/frame.ts'
import { FrameReader } from '../../src/stream/frame-reader.ts'
import { FrameWriter } from '../../src/stream/frame-writer.ts'

interface Frame {
  readonly type: number
  readonly id: number
  readonly payload: string
}

const bytesOf = ({ type, id, payload }: Frame): Buffer => {
  const body = Buffer.from(payload)
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt32BE(body.length + 5)
  header[4] = type
  header.writeUInt32BE(id, 5)
  return Buffer.concat([header, body])
}

const gathering = (maxBytes = 1_000_000): { readonly reader: FrameReader; readonly frames: Frame[] } => {
  const frames: Frame[] = []
  const reader = new FrameReader(maxBytes, (type, id, bytes, start, end) => {
    frames.push({ type, id, payload: bytes.toString('utf8', start, end) })
  })
  return { reader, frames }
}

describe('a frame reader', () => {
  it('finds the same frames however their bytes are cut', () => {
    const frame = fc.record({
      type: fc.integer({ min: 1, max: 255 }),
      id: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      payload: fc.string({ unit: 'grapheme', maxLength: 300 }),
    })
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 400 })), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(bytesOf))
        const { reader, frames } = gathering()
        let at = 0
        for (const cut of [...cuts, bytes.length]) {
          if (at < bytes.length) reader.push(bytes.subarray(at, at + cut))
          at += cut
        }
        expect(frames).to.deep.equal(sent)
      }),
    )
  })

  it('takes a frame that comes byte by byte, and one of exactly the limit', () => {
    const { reader, frames } = gathering(10)
    for (const byte of bytesOf({ type: 2, id: 7, payload: '0123456789' })) reader.push(Buffer.from([byte]))
    expect(frames).to.deep.equal([{ type: 2, id: 7, payload: '0123456789' }])
  })

  it('refuses a frame above the limit by its header alone, and one too short to be any', () => {
    const { reader } = gathering(10)
    expect(() => reader.push(bytesOf({ type: 2, id: 7, payload: 'x'.repeat(11) }).subarray(0, 9))).to.throw(
      'a frame of 20 bytes: from 9 to 19 are allowed',
    )
    expect(() => gathering().reader.push(Buffer.alloc(9))).to.throw(RangeError, 'a frame of 4 bytes')
  })
})

describe('an assembly of parts', () => {
  const joined = (
    maxMessageBytes: number,
  ): { readonly take: (frame: Frame) => void; readonly got: Frame[]; readonly refused: number[] } => {
    const got: Frame[] = []
    const refused: number[] = []
    const handle = assembly(
      { maxMessageBytes, onTooLong: (_, id) => void refused.push(id) },
      (type, id, bytes, start, end) => got.push({ type, id, payload: bytes.toString('utf8', start, end) }),
    )
    const take = ({ type, id, payload }: Frame): void => {
      const bytes = Buffer.from(`<${payload}>`)
      handle(type, id, bytes, 1, bytes.length - 1)
    }
    return { take, got, refused }
  }

  it('joins parts that come between those of others', () => {
    const { take, got } = joined(100)
    take({ type: 2 | MORE, id: 1, payload: 'ab' })
    take({ type: 2 | MORE, id: 2, payload: 'xy' })
    take({ type: 2, id: 3, payload: 'whole' })
    take({ type: 2, id: 1, payload: 'cd' })
    take({ type: 2, id: 2, payload: 'z' })
    expect(got.map(({ id, payload }) => [id, payload])).to.deep.equal([
      [3, 'whole'],
      [1, 'abcd'],
      [2, 'xyz'],
    ])
  })

  it('joins messages of any length, one after another', () => {
    const { take, got } = joined(2 ** 23)
    const payloads = [100_000, 10, 2_500_000, 3, 1_000_000].map((length, at) => `${at}`.repeat(length))
    for (const payload of payloads) {
      for (let at = 0; at < payload.length; at += 50_000) {
        const isLast = at + 50_000 >= payload.length
        take({ type: isLast ? 2 : 2 | MORE, id: 1, payload: payload.slice(at, at + 50_000) })
      }
    }
    expect(got.map(({ payload }, at) => payload === payloads[at])).to.deep.equal(payloads.map(() => true))
  })

  it('refuses a message as soon as its parts exceed the limit, once, and drops what still comes of it', () => {
    const { take, got, refused } = joined(5)
    take({ type: 2 | MORE, id: 1, payload: 'abc' })
    take({ type: 2 | MORE, id: 1, payload: 'def' })
    take({ type: 2 | MORE, id: 1, payload: 'ghi' })
    take({ type: 2, id: 1, payload: 'j' })
    take({ type: 2, id: 2, payload: 'abcdef' })
    take({ type: 2, id: 1, payload: 'again' })
    expect(refused).to.deep.equal([1, 2])
    expect(got.map(({ payload }) => payload)).to.deep.equal(['again'])
  })

  it('forgets a request that is canceled in the middle', () => {
    const { take, got } = joined(5)
    for (let id = 1; id <= 200; id++) {
      take({ type: FrameType.request | MORE, id, payload: 'ab' })
      take({ type: FrameType.cancel, id, payload: '' })
    }
    take({ type: FrameType.request, id: 200, payload: 'new' })
    expect(got.at(-1)).to.deep.equal({ type: FrameType.request, id: 200, payload: 'new' })
  })

  it('hands on the parts of items, any number of them at once', () => {
    const { take, got } = joined(5)
    const parts = Array.from({ length: 100 }, (_, id) => ({ type: FrameType.item | MORE, id, payload: 'x'.repeat(9) }))
    for (const part of parts) take(part)
    take({ type: FrameType.item, id: 1, payload: 'x'.repeat(9) })
    expect(got).to.deep.equal([...parts, { type: FrameType.item, id: 1, payload: 'x'.repeat(9) }])
  })

  it('holds 64 messages at most', () => {
    const { take } = joined(5)
    for (let id = 1; id <= 64; id++) take({ type: 1 | MORE, id, payload: '' })
    expect(() => take({ type: 1 | MORE, id: 65, payload: '' })).to.throw('more than 64 long messages at once')
  })
})

describe('a frame writer', () => {
  let ours: Socket
  let theirs: Socket
  let writes: number
  beforeEach(async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const accepted = once(server, 'connection')
    ours = connect((server.address() as { port: number }).port, '127.0.0.1')
    theirs = (await accepted)[0] as Socket
    if (ours.connecting) await once(ours, 'connect')
    server.close()
    writes = 0
    const write = ours.write.bind(ours) as (bytes: Buffer) => boolean
    ours.write = ((bytes: Buffer) => {
      writes++
      return write(bytes)
    }) as typeof ours.write
  })
  afterEach(() => {
    ours.destroy()
    theirs.destroy()
  })

  it('does not keep the other end waiting for all of many: sixteen leave together', async () => {
    const { reader, frames } = gathering()
    theirs.on('data', (chunk: Buffer) => reader.push(chunk))
    const writer = new FrameWriter(ours)
    for (let id = 1; id <= 15; id++) writer.text(FrameType.reply, id, `${id}`)
    expect(writes).to.equal(0)
    for (let id = 16; id <= 40; id++) writer.text(FrameType.reply, id, `${id}`)
    expect([writes, writer.textsGone]).to.deep.equal([2, 32])
    await eventually(() => expect(frames).to.have.length(40))
    expect(writes).to.equal(3)
    expect(frames.map(({ id }) => id)).to.deep.equal(Array.from({ length: 40 }, (_, at) => at + 1))
  })

  it('sends at once what is alone, with all before it, and what comes after in the turn as usual', async () => {
    const { reader, frames } = gathering()
    theirs.on('data', (chunk: Buffer) => reader.push(chunk))
    const writer = new FrameWriter(ours)
    writer.text(FrameType.request, 1, '[1]')
    writer.atOnce(() => writer.text(FrameType.request, 2, '[2]'))
    expect([writes, writer.textsGone]).to.deep.equal([1, 2])
    writer.text(FrameType.request, 3, '[3]')
    expect(writes).to.equal(1)
    await eventually(() => expect(frames.map(({ id }) => id)).to.deep.equal([1, 2, 3]))
    const refused = new Error('no')
    const refuse = () => {
      throw refused
    }
    expect(() => writer.atOnce(refuse)).to.throw(refused)
    writer.text(FrameType.request, 4, '[4]')
    await eventually(() => expect(frames).to.have.length(4))
    expect(writes).to.equal(3)
  })

  it('puts nothing on a socket that has ended, and knows what had gone', async () => {
    const errors: Error[] = []
    ours.on('error', (error) => errors.push(error))
    const writer = new FrameWriter(ours)
    writer.text(FrameType.request, 1, '[1]')
    writer.flush()
    writer.text(FrameType.request, 2, '[2]')
    ours.end()
    await once(ours, 'finish')
    expect([writer.texts, writer.textsGone]).to.deep.equal([2, 1])
    expect(errors).to.deep.equal([])
  })

  it('knows what had gone of long ones: those whose first part had, and all before them', () => {
    const writer = new FrameWriter(ours)
    for (let id = 1; id <= 5; id++) writer.text(FrameType.request, id, 'x'.repeat(100_000))
    expect(writer.textsGone).to.equal(0)
    writer.flush()
    // As much as may wait in front of a small one.
    expect(writer.textsGone).to.be.within(1, 4)
    writer.bytes(FrameType.request, 6, new Uint8Array(10))
    writer.flush()
    expect([writer.texts, writer.textsGone]).to.deep.equal([6, 6])
  })

  it('puts all frames of one turn into one write, those of its promises included', async () => {
    const { reader, frames } = gathering()
    theirs.on('data', (chunk: Buffer) => reader.push(chunk))
    const writer = new FrameWriter(ours)
    writer.text(FrameType.request, 1, '["ä€😀"]', { bytes: 3, write: (bytes, at) => bytes.write('abc', at) })
    await Promise.resolve()
    writer.text(FrameType.reply, 2 ** 32 - 1, '')
    writer.number(FrameType.goAway, 3, 70_000)
    writer.number(FrameType.ping, 0)
    await eventually(() => expect(frames).to.have.length(4))
    expect(writes).to.equal(1)
    expect(frames[0]).to.deep.equal({ type: FrameType.request, id: 1, payload: 'abc["ä€😀"]' })
    expect(frames[1]).to.deep.equal({ type: FrameType.reply, id: 2 ** 32 - 1, payload: '' })
    expect(frames[3]).to.deep.equal({ type: FrameType.ping, id: 0, payload: '' })
    expect(writer.queuedBytes).to.equal(0)
  })

  it('carries more in a turn than fits into one of its slabs', async () => {
    const { reader, frames } = gathering()
    theirs.on('data', (chunk: Buffer) => reader.push(chunk))
    const writer = new FrameWriter(ours)
    for (let id = 1; id <= 100; id++) writer.text(FrameType.reply, id, `${id}:${'é'.repeat(20_000)}`)
    await eventually(() => expect(frames).to.have.length(100))
    expect(frames.every(({ id, payload }) => payload === `${id}:${'é'.repeat(20_000)}`)).to.equal(true)
  })

  it('lets small frames pass between the parts of long ones', async () => {
    const order: number[] = []
    const handle = assembly({ maxMessageBytes: 2 ** 24, onTooLong: () => {} }, (_, id) => order.push(id))
    const reader = new FrameReader(2 ** 20, handle)
    const writer = new FrameWriter(ours)
    for (const id of [1, 2]) writer.text(FrameType.reply, id, 'x'.repeat(8_000_000))
    await new Promise(setImmediate)
    for (const id of [3, 4]) writer.text(FrameType.reply, id, 'small')
    theirs.on('data', (chunk: Buffer) => reader.push(chunk))
    await eventually(() => expect(order).to.have.length(4))
    expect(order.slice(0, 2)).to.deep.equal([3, 4])
  })

  it('gives each part of a long one a turn, as long as short ones pass between, and then sends the rest', async () => {
    theirs.resume()
    const writer = new FrameWriter(ours)
    writer.text(FrameType.reply, 1, 'x'.repeat(12 * PART_BYTES))
    writer.flush()
    expect(writes).to.equal(1)
    for (let turn = 1; turn <= 3; turn++) {
      writer.text(FrameType.reply, turn + 1, 'short')
      await new Promise(setImmediate)
      expect(writes).to.equal(1 + 2 * turn)
    }
    for (let turn = 1; turn <= 3; turn++) {
      await new Promise(setImmediate)
      expect(writes).to.equal(7 + turn)
    }
    await eventually(() => expect(writer.queuedBytes).to.equal(0))
    expect(writes).to.equal(12 + 3)
  })

  it('tells whenever less waits, though the other end takes all at once', () => {
    theirs.resume()
    const waited: number[] = []
    const writer = new FrameWriter(ours, () => waited.push(writer.queuedBytes))
    for (let id = 1; id <= 2; id++) writer.text(FrameType.reply, id, 'x'.repeat(100_000))
    for (let turn = 1; turn <= 4; turn++) writer.flush()
    expect(waited[0]).to.equal(200_000 - PART_BYTES)
  })

  it('carries long texts of any characters, and bytes, as they are', async () => {
    const got: Buffer[] = []
    const handle = assembly({ maxMessageBytes: 2 ** 24, onTooLong: () => {} }, (_, __, bytes, start, end) => {
      got.push(Buffer.from(bytes.subarray(start, end)))
    })
    const reader = new FrameReader(2 ** 20, handle)
    theirs.on('data', (chunk: Buffer) => reader.push(chunk))
    const prelude = { bytes: 3, write: (bytes: Buffer, at: number) => bytes.write('abc', at) }
    // Of one to four bytes; pairs of surrogates that begin at an even place, and at an odd one.
    const texts = ['x', 'é', '€', '😀'].flatMap((letter) => ['', '-'].map((before) => before + letter.repeat(150_000)))
    for (const before of [-2, -1, 0, 1]) texts.push(`${'x'.repeat(PART_BYTES + before)}😀${'x'.repeat(PART_BYTES)}`)
    const writer = new FrameWriter(ours)
    for (const [id, text] of texts.entries()) writer.text(FrameType.reply, id, text, prelude)
    const bytes = Buffer.from(texts.join(''))
    writer.bytes(FrameType.reply, 100, bytes, prelude)
    const sent = [...texts, texts.join('')]
    bytes.fill(0)
    await eventually(() => expect(got).to.have.length(sent.length))
    const lengths = sent.map((text) => Buffer.byteLength(text) + 3)
    expect(got.map(({ length }) => length).toSorted()).to.deep.equal(lengths.toSorted())
    for (const text of sent) expect(got.some((one) => one.equals(Buffer.from(`abc${text}`)))).to.equal(true)
  })

  it('drops what has not left of a long message, and says whether any of it had', async () => {
    const writer = new FrameWriter(ours)
    writer.text(FrameType.request, 1, 'x'.repeat(1_000_000))
    expect(writer.drop(1)).to.equal(true)
    expect(writer.drop(1)).to.equal(false)
    writer.text(FrameType.request, 2, 'x'.repeat(30_000_000))
    await new Promise(setImmediate)
    expect(writer.drop(2)).to.equal(false)
    theirs.resume()
    await eventually(() => expect(writer.queuedBytes).to.equal(0))
  })
})
