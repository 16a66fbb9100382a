import { assertPath } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'

describe('assertPath', () => {
  it('takes the root, and any printable segments below it', () => {
    for (const path of [
      '/',
      '/a',
      '/movie/catalog/providers/10.0.0.1:20080',
      '/a/[::1]:80',
      '/a b/é',
      '/...',
      '/a/.b',
    ]) {
      expect(assertPath(path)).to.equal(path)
    }
    expect(assertPath(`/${'x'.repeat(255)}`)).to.have.length(256)
  })

  it('refuses what is relative, empty, unprintable or climbs, naming the path', () => {
    const bad = ['', 'a', 'a/b', '//', '/a/', '/a//b', '/.', '/..', '/a/../b', '/a/./b', '/a\n', '/\u0000', '/\u009f']
    for (const path of [...bad, '/\ud83c\udf4a', '/\ue000', '/\ufff0', `/${'x'.repeat(256)}`]) {
      expect(() => assertPath(path), JSON.stringify(path)).to.throw(TypeError, JSON.stringify(path))
    }
  })

  it('takes a path exactly if none of its segments is empty or climbs', () => {
    const segments = fc.array(fc.constantFrom('', '.', '..', '...', 'a', '.a', 'b c'), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(segments, (parts) => {
        const path = `/${parts.join('/')}`
        const sound = path === '/' || parts.every((part) => !['', '.', '..'].includes(part))
        if (sound) expect(assertPath(path)).to.equal(path)
        else expect(() => assertPath(path)).to.throw(TypeError)
      }),
    )
  })
})
