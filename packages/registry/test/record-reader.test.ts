import type { Entry } from '@kumquat/core'
import { recordingLogger } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { recordReader } from '../src/record-reader.ts'

const entry = (name: string, value: string, revision = '1'): Entry => ({
  path: `/a/b/providers/${name}`,
  name,
  value,
  revision,
})

describe('recordReader()', () => {
  it('keeps the identity of records that say the same, and of the array when all do', () => {
    const read = recordReader(recordingLogger())
    const before = read([entry('a:1', '{}'), entry('b:1', '{}')])
    const same = read([entry('a:1', '{"weight":"100"}', '2'), entry('b:1', '{}', '3')])
    expect(same).to.equal(before)
    const after = read([entry('a:1', '{}'), entry('b:1', '{"weight":5}')])
    expect(after).not.to.equal(before)
    expect(after[0]).to.equal(before[0])
    expect(after[1]).to.have.property('weight', 5)
  })

  it('sees a set that is in another order, smaller or larger', () => {
    const read = recordReader(recordingLogger())
    read([entry('a:1', '{}'), entry('b:1', '{}')])
    expect(read([entry('b:1', '{}'), entry('a:1', '{}')]).map(({ id }) => id)).to.deep.equal(['b:1', 'a:1'])
    expect(read([entry('b:1', '{}')]).map(({ id }) => id)).to.deep.equal(['b:1'])
    expect(read([])).to.deep.equal([])
  })

  it('skips an unreadable entry with one warning that names its path, however often it is read again', () => {
    const logger = recordingLogger()
    const read = recordReader(logger)
    const entries = [entry('a:1', '{}'), entry('bad\u202e:1', 'not json'), entry('c:1', '{}')]
    for (let i = 0; i < 3; i += 1) expect(read(entries).map(({ id }) => id)).to.deep.equal(['a:1', 'c:1'])
    expect(logger.lines).to.have.lengthOf(1)
    expect(logger.lines[0]?.level).to.equal('warn')
    expect(logger.lines[0]?.message).to.contain('"/a/b/providers/bad\\u202e:1"').and.contain('no JSON object')
  })

  it('warns again of an entry that was gone or readable in between, or is unreadable for another reason', () => {
    const logger = recordingLogger()
    const read = recordReader(logger)
    for (const value of ['', '{}', '', '{"port":0}']) read([entry('a', value)])
    read([])
    read([entry('a', '{"port":0}')])
    expect(logger.lines).to.have.lengthOf(5)
  })

  it('names no more than 20 of a thousand, and counts the others', () => {
    const logger = recordingLogger()
    const read = recordReader(logger)
    const rubbish = Array.from({ length: 1_000 }, (_, i) => entry(`bad${i}:1`, 'x'))
    for (let i = 0; i < 2; i++)
      expect(read([entry('a:1', '{}'), ...rubbish]).map(({ id }) => id)).to.deep.equal(['a:1'])
    expect(logger.lines).to.have.lengthOf(21)
    expect(logger.lines.at(-1)?.message).to.contain('980 more')
  })

  it('never throws, loses no neighbour and logs no character that moves the cursor, whatever stands there', () => {
    const text = fc.string({ unit: 'binary' })
    const value = fc.oneof(
      text,
      fc.json(),
      fc.dictionary(text, fc.jsonValue()).map((said) => JSON.stringify(said)),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(text, value), { maxLength: 10 }), (hostile) => {
        const logger = recordingLogger()
        const entries = hostile.map(([name, said]) => entry(name, said))
        const records = recordReader(logger)([...entries, entry('neighbour:1', '{"startedAt":9e99}')])
        expect(records.at(-1)?.id).to.equal('neighbour:1')
        expect(({} as { port?: unknown }).port).to.equal(undefined)
        for (const { message } of logger.lines) expect(message).not.to.match(/[\p{Control}\u202a-\u202e]/u)
      }),
    )
  })

  it('takes the first of two entries of one address', () => {
    const logger = recordingLogger()
    const records = recordReader(logger)([
      entry('10.0.0.1', '{"port":80,"weight":1}'),
      entry('10.0.0.1:80', '{"weight":2}'),
    ])
    expect(records.map(({ weight }) => weight)).to.deep.equal([1])
    expect(logger.lines[0]?.message).to.contain('twice')
  })
})
