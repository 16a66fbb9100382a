import { assertName, formatServiceKey, isName, parseServiceKey } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/)

describe('parseServiceKey', () => {
  it('reads what formatServiceKey writes', () => {
    fc.assert(
      fc.property(name, name, (app, group) => {
        expect(parseServiceKey(formatServiceKey({ app, group }))).to.deep.equal({ app, group })
      }),
    )
  })

  it('refuses anything else, naming the value and the form', () => {
    for (const text of ['', 'movie', 'movie/catalog/', '/movie/catalog', 'a/b/c', 'a b', '//']) {
      expect(() => parseServiceKey(text), text).to.throw(TypeError, JSON.stringify(text))
    }
    expect(() => parseServiceKey('movie')).to.throw('is not of the form "app/group", e.g. "movie/catalog"')
  })

  it('says which part is no name', () => {
    expect(() => parseServiceKey('movie/')).to.throw(TypeError, 'group "" is not a name')
    expect(() => parseServiceKey('_config/x')).to.throw(TypeError, 'app "_config" is not a name')
  })
})

describe('assertName', () => {
  it('takes letters, digits, dots, underscores and hyphens, up to 128', () => {
    for (const text of ['a', '7', 'Movie-2.catalog_x', 'x'.repeat(128)]) {
      expect(assertName('app', text)).to.equal(text)
      expect(isName(text)).to.equal(true)
    }
  })

  it('refuses what is no path segment, no metric segment, or reserved', () => {
    for (const text of [
      '',
      '.',
      '..',
      '_x',
      '-x',
      'a/b',
      'a b',
      'a\n',
      'é',
      '\u{1f34a}',
      'a:b',
      'a%2f',
      'x'.repeat(129),
    ]) {
      expect(isName(text), text).to.equal(false)
      expect(() => assertName('method', text), text).to.throw(TypeError, `method ${JSON.stringify(text)} is not a name`)
    }
  })
})
