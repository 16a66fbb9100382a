import { expect } from 'chai'
import fc from 'fast-check'
import { formatBaggage, MAX_BAGGAGE_BYTES, MAX_MEMBERS, parseBaggage } from '../../src/context/attachments.ts'
import { fitted, fitting } from '../../src/context/fitting.ts'

describe('fitting()', () => {
  const many = (count: number, prefix: string): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'x']))

  it('joins both, those of the call itself over the others', () => {
    expect(fitting({ user: 'bob', trip: '1' }, { user: 'ann', lane: 'gray' })).to.deep.equal({
      ...{ lane: 'gray', user: 'bob', trip: '1' },
    })
  })

  it('leaves out inherited ones that are too many, never the lane or its own', () => {
    const fit = fitting(many(40, 'own'), { ...many(40, 'inherited'), lane: 'gray' })
    expect(Object.keys(fit)).to.have.length(MAX_MEMBERS)
    expect(fit).to.include({ ...many(40, 'own'), lane: 'gray', inherited0: 'x' })
  })

  it('leaves out inherited ones that are too long, and keeps the small ones after them', () => {
    const fit = fitting({ own: 'o'.repeat(5_000) }, { long: 'l'.repeat(4_000), small: 's', lane: 'gray' })
    expect(Object.keys(fit)).to.have.members(['own', 'lane', 'small'])
  })

  it('counts what becomes longer on the wire', () => {
    const arrived = parseBaggage(`paths=${'/'.repeat(4_000)},lane=gray`)
    expect(fitting({}, arrived)).to.deep.equal({ lane: 'gray' })
  })

  it('always fits into a header, and is all of both if that does', () => {
    const attachments = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,6}$/),
      fc.string({ maxLength: 900, unit: 'grapheme' }),
      {
        maxKeys: 12,
      },
    )
    fc.assert(
      fc.property(attachments, attachments, (own, inherited) => {
        fc.pre(formatBaggage(own).length <= MAX_BAGGAGE_BYTES)
        const fit = fitting(own, inherited)
        expect(formatBaggage(fit).length).to.be.at.most(MAX_BAGGAGE_BYTES)
        expect(fit).to.include(own)
        const all = { ...inherited, ...own }
        if (formatBaggage(all).length <= MAX_BAGGAGE_BYTES) expect(fit).to.deep.equal(all)
      }),
    )
  })
})

describe('fitted()', () => {
  it('leaves as they are what fits, and else keeps the lane', () => {
    const few = { lane: 'gray', user: 'ann' }
    expect(fitted(few)).to.equal(few)
    expect(fitted({ long: 'x'.repeat(8_185), lane: 'gray' })).to.deep.equal({ lane: 'gray' })
  })
})
