import { expect } from 'chai'
import { detailsFrom, inWords, issuesFrom } from '../../src/contract/issue.ts'

describe('what is wrong with a value', () => {
  it('is said with its place, and how much more there is', () => {
    const found = [
      { message: 'expected number', path: ['filter', { key: 'years' }, 0, 'a b'] },
      { message: 'and this' },
    ]
    expect(inWords(issuesFrom(found, 1))).to.equal('argument 2, filter.years[0]["a b"]: expected number (and 1 more)')
    expect(inWords(issuesFrom([{ message: 'expected number' }]))).to.equal('expected number')
    expect(inWords([])).to.equal('its schema refused it without a reason')
    expect(inWords(issuesFrom([{ message: 'no', path: [Symbol('key')] }]))).to.equal('["Symbol(key)"]: no')
  })

  it('travels in the form of details of the Connect protocol', () => {
    expect(detailsFrom(issuesFrom([{ message: 'no', path: ['a'] }]))).to.deep.equal([
      { type: 'kumquat.Issue', value: '', debug: { path: ['a'], message: 'no' } },
    ])
  })
})
