import { expect } from 'chai'
import { headersOf } from '../../src/http/departing.ts'
import { calling } from '../serving.ts'

describe('the headers of a call', () => {
  const sent = (headers: Readonly<Record<string, string>>): string[] =>
    headersOf(calling('rent', [], { headers }), '', 5)

  it('carry what is meant for the next hop', () => {
    expect(sent({ authorization: 'Bearer x', traceparent: '00-1-2-01' })).to.include.members([
      'authorization',
      'Bearer x',
    ])
  })

  for (const name of [
    'host',
    'content-length',
    'transfer-encoding',
    'connection',
    'kq-caller',
    'baggage',
    'Upper',
    'a b',
    'x\r\ny',
    '',
  ])
    it(`refuse the name ${JSON.stringify(name)}`, () => {
      expect(() => sent({ [name]: 'v' }))
        .to.throw(/movie\/catalog\/rent: header .* is not a name in lower case/)
        .with.property('outcome', 'not-run')
    })

  for (const value of ['a\r\nhost: evil', 'a\nb', '\0', 'ä'])
    it(`refuse the value ${JSON.stringify(value)}`, () => {
      expect(() => sent({ 'x-fact': value })).to.throw(/header "x-fact" holds what a header cannot/)
    })
})
