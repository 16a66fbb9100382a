import { expect } from 'chai'
import { callFact } from '../../src/matching/call-fact.ts'
import { peerFact } from '../../src/matching/peer-fact.ts'
import { call, peer } from '../parts.ts'

describe('a fact of a call', () => {
  const invocation = call({
    caller: 'shop',
    args: [{ user: { id: 7, tags: ['a', 'b'], vip: true, 'a-b': 10n } }, 'text', ['x', ['y']], null],
    attachments: { user: 'ann', empty: '' },
  })
  const read = (key: string, of = invocation): string | undefined => callFact(key, 'x')(of)

  it('is the method, the service or the caller', () => {
    expect(read('method')).to.equal('getMovieById')
    expect(read('service')).to.equal('movie/catalog')
    expect(read('caller')).to.equal('shop')
    expect(read('caller', call())).to.equal(undefined)
  })

  it('is an attachment, never something inherited', () => {
    expect(read('attachments[user]')).to.equal('ann')
    expect(read('attachments[empty]')).to.equal('')
    expect(read('attachments[absent]')).to.equal(undefined)
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(read(`attachments[${name}]`)).to.equal(undefined)
    }
    // An attachment may have any name of a token.
    expect(read('attachments[a.b-c]', call({ attachments: { 'a.b-c': 'yes' } }))).to.equal('yes')
  })

  it('is a text, a number or a flag at any depth of an argument', () => {
    expect(read('arguments[1]')).to.equal('text')
    expect(read('arguments[0].user.id')).to.equal('7')
    expect(read('arguments[0].user.vip')).to.equal('true')
    expect(read('arguments[0].user.a-b')).to.equal('10')
    expect(read('arguments[0].user.tags[1]')).to.equal('b')
    expect(read('arguments[2][0]')).to.equal('x')
    expect(read('arguments[2][1][0]')).to.equal('y')
  })

  it('is absent where the argument is not so deep, no text, or has it from elsewhere', () => {
    for (const key of [
      'arguments[9]',
      'arguments[0]',
      'arguments[0].user',
      'arguments[3]',
      'arguments[3].a',
      'arguments[1].length',
      'arguments[0].user.id.x',
      'arguments[0].constructor',
      'arguments[0].__proto__.toString',
      'arguments[0].user.tags[2]',
    ]) {
      expect(read(key), key).to.equal(undefined)
    }
  })

  it('is asked for by one of the known keys', () => {
    const known =
      'known are method, service, caller, attachments[name], arguments[0] and paths such as arguments[0].user.id'
    for (const key of [
      '',
      'Method',
      'host',
      'constructor',
      'arguments',
      'arguments[]',
      'arguments[a]',
      'arguments[-1]',
      'arguments[1000]',
      'arguments[0].',
      'arguments[0]..a',
      'arguments[0]a',
      'arguments[0].a]',
      'xarguments[0]',
      'attachments[]',
      'attachments[a][b]',
      'attachments[a]b',
      'attachments.a',
    ]) {
      expect(() => callFact(key, 'rules[0].when'), key).to.throw(
        TypeError,
        `rules[0].when asks for ${JSON.stringify(key)}, which no call has: ${known}`,
      )
    }
    expect(callFact('arguments[999]', 'x')(call())).to.equal(undefined)
  })

  it('is asked for in at most 256 characters', () => {
    const key = (length: number): string => `attachments[${'x'.repeat(length - 13)}]`
    expect(callFact(key(256), 'x')(call())).to.equal(undefined)
    expect(() => callFact(key(257), 'x')).to.throw(TypeError)
    expect(() => callFact(`arguments[0]${'.a'.repeat(50_000)}]`, 'x')).to.throw(TypeError, '…"')
  })
})

describe('a fact of a peer', () => {
  const one = peer(1, { zone: 'a', version: 'V1', gray: true, tags: { disk: 'ssd', empty: '' } })
  const read = (key: string, of = one): string | undefined => peerFact(key, 'x')(of)

  it('is its id, host, zone, version, lane or one of its tags', () => {
    expect(read('id')).to.equal('10.0.0.1:20001')
    expect(read('host')).to.equal('10.0.0.1')
    expect(read('zone')).to.equal('a')
    expect(read('version')).to.equal('V1')
    expect(read('gray')).to.equal('true')
    expect(read('tags[disk]')).to.equal('ssd')
    expect(read('tags[empty]')).to.equal('')
  })

  it('is absent where its provider says nothing of it', () => {
    expect(read('zone', peer(2))).to.equal(undefined)
    expect(read('version', peer(2))).to.equal(undefined)
    expect(read('gray', peer(2))).to.equal('false')
    expect(read('tags[disk]', peer(2))).to.equal(undefined)
    expect(read('tags[constructor]')).to.equal(undefined)
  })

  it('is asked for by one of the known keys', () => {
    for (const key of [
      '',
      'Host',
      'weight',
      'method',
      'constructor',
      'tags',
      'tags[]',
      'tags[a]b',
      'xtags[a]',
      'tags[a][b]',
    ]) {
      expect(() => peerFact(key, 'rules[0].then'), key).to.throw(
        TypeError,
        `rules[0].then asks for ${JSON.stringify(key)}, which no peer has: known are id, host, zone, version, gray and tags[name]`,
      )
    }
    expect(peerFact(`tags[${'x'.repeat(250)}]`, 'x')(one)).to.equal(undefined)
    expect(() => peerFact(`tags[${'x'.repeat(251)}]`, 'x')).to.throw(TypeError)
  })
})
