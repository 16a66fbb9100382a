import { FORCE_TAG, type Peers, TAG, type TagOptions, tag } from '@kumquat/cluster'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, idsOf, peer } from '../parts.ts'
import { routerContract } from './contract.ts'

const tagged = (asked: string, more: Readonly<Record<string, string>> = {}) =>
  call({ attachments: { [TAG]: asked, ...more } })
const questions = [call(), tagged('blue'), tagged('red|green'), tagged('red')]
routerContract('tag', () => tag(), questions)
routerContract('tag by force', () => tag({ force: true }), questions)

describe('tag', () => {
  const plain = peer(1)
  const blue = peer(2, { tags: { tag: 'blue' } })
  const green = peer(3, { tags: { tag: 'green' } })
  const peers = [plain, blue, green]
  const left = (invocation = call(), options: TagOptions = {}, of: Peers = peers): Peers => tag(options)(of, invocation)

  it('travels as an attachment of a known name', () => {
    expect([TAG, FORCE_TAG]).to.deep.equal(['tag', 'tag-force'])
  })

  it('keeps a tagged call on peers of its tag', () => {
    expect(left(tagged('blue'))).to.deep.equal([blue])
    expect(left(tagged('green'))).to.deep.equal([green])
  })

  it('never lets a call without a tag reach a tagged peer', () => {
    expect(left()).to.deep.equal([plain])
    for (const nothing of ['', '|', ' | ']) {
      expect(left(tagged(nothing)), nothing).to.deep.equal([plain])
      expect(left(tagged(nothing), { force: true }), nothing).to.deep.equal([plain])
      expect(tag().asks?.(tagged(nothing))).to.equal('without tag')
    }
    expect(left(call(), {}, [blue, green])).to.deep.equal([])
    expect(left(call(), { force: true })).to.deep.equal([plain])
    expect(left(call({ attachments: { [FORCE_TAG]: 'true' } }))).to.deep.equal([plain])
  })

  it('takes the first tag of a list with anybody', () => {
    expect(left(tagged('blue|green'))).to.deep.equal([blue])
    expect(left(tagged('green|blue'))).to.deep.equal([green])
    expect(left(tagged('red|green|blue'))).to.deep.equal([green])
    expect(left(tagged(' red | | green '))).to.deep.equal([green])
  })

  it('falls back to peers without a tag only, unless forced', () => {
    expect(left(tagged('red'))).to.deep.equal([plain])
    expect(left(tagged('red|pink'))).to.deep.equal([plain])
    expect(left(tagged('red'), {}, [blue])).to.deep.equal([])
    expect(left(tagged('red'), { force: true })).to.deep.equal([])
    expect(left(tagged('red|blue'), { force: true })).to.deep.equal([blue])
  })

  it('is forced for one call by an attachment, which must be "true"', () => {
    expect(left(tagged('red', { [FORCE_TAG]: 'true' }))).to.deep.equal([])
    expect(left(tagged('blue', { [FORCE_TAG]: 'true' }))).to.deep.equal([blue])
    for (const value of ['false', '', 'TRUE', '1']) {
      expect(left(tagged('red', { [FORCE_TAG]: value })), value).to.deep.equal([plain])
    }
  })

  it('answers forced and unforced calls of one tag each by itself', () => {
    const route = tag()
    expect(route(peers, tagged('red'))).to.deep.equal([plain])
    expect(route(peers, tagged('red', { [FORCE_TAG]: 'true' }))).to.deep.equal([])
    expect(route(peers, tagged('red'))).to.deep.equal([plain])
  })

  it('passes over a tag whose peers are all out of rotation, as long as others are not', () => {
    const resting = peer(4, { weight: 0, tags: { tag: 'red' } })
    expect(left(tagged('red|blue'), {}, [plain, resting, blue])).to.deep.equal([blue])
    expect(left(tagged('red'), {}, [plain, resting])).to.deep.equal([plain])
    expect(left(tagged('red'), { force: true }, [plain, resting])).to.deep.equal([resting])
    expect(left(tagged('red'), {}, [peer(1, { weight: 0 }), resting])).to.deep.equal([resting])
  })

  it('reads at most eight tags of a list', () => {
    expect(left(tagged('1|2|3|4|5|6|7|blue'))).to.deep.equal([blue])
    expect(left(tagged('1|2|3|4|5|6|7|8|blue'))).to.deep.equal([plain])
  })

  it('may go by another name', () => {
    const ring = peer(5, { tags: { ring: 'inner' } })
    const asked = call({ attachments: { ring: 'inner' } })
    expect(left(asked, { name: 'ring' }, [plain, ring, blue])).to.deep.equal([ring])
    expect(left(asked, {}, [plain, ring, blue])).to.deep.equal([plain, ring])
    expect(tag({ name: 'ring' }).asks?.(asked)).to.equal('of ring "inner" or without')
  })

  it('must have a name', () => {
    expect(() => tag({ name: '' })).to.throw(TypeError, 'name must not be empty: it names an attachment')
  })

  it('is not misled by names that every object has', () => {
    for (const name of ['constructor', '__proto__']) expect(left(call(), { name })).to.equal(peers)
    expect(left(tagged('constructor'))).to.deep.equal([plain])
  })

  it('hands on the very array if nobody has to go', () => {
    const all = [peer(1), peer(2)]
    expect(left(call(), {}, all)).to.equal(all)
    expect(left(tagged('red'), {}, all)).to.equal(all)
    const blues = [blue, peer(6, { tags: { tag: 'blue' } })]
    expect(left(tagged('blue'), {}, blues)).to.equal(blues)
  })

  it('keeps every call on peers of one tag that it asked for, or of none', () => {
    const tags: fc.Arbitrary<string> = fc.constantFrom('', 'a', 'b', 'c')
    fc.assert(
      fc.property(fc.array(tags), fc.array(tags, { maxLength: 3 }), fc.boolean(), (own, asked, force) => {
        const all = own.map((one, n) => peer(n, { tags: one === '' ? {} : { tag: one } }))
        const names = asked.filter((one) => one !== '')
        const wanted = [...names, ...(force && names.length > 0 ? [] : [''])].find((one) => own.includes(one))
        const expected = all.filter((_, n) => own[n] === wanted)
        expect(idsOf(left(tagged(asked.join('|')), { force }, all))).to.deep.equal(idsOf(expected))
      }),
    )
  })

  it('says what it asks, and what a peer has instead', () => {
    const route = tag()
    expect(route.asks?.(call())).to.equal('without tag')
    expect(route.asks?.(tagged('a|b'))).to.equal('of tag "a|b" or without')
    expect(route.asks?.(tagged('a', { [FORCE_TAG]: 'true' }))).to.equal('of tag "a"')
    expect(route.why?.(plain, call())).to.equal('it has no tag')
    expect(route.why?.(blue, call())).to.equal('its tag is "blue"')
    expect(route.why?.(blue, tagged('green'))).to.equal('its tag is "blue"')
    expect(route.why?.(blue, tagged('green|blue'))).to.equal('its tag is "blue", and others go before it')
  })
})
