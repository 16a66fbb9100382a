import { expect } from 'chai'
import fc from 'fast-check'
import { decodeName, encodeName, fileOf, folderOf } from '../../../src/stores/file/file-name.ts'

const anyName = fc.string({ unit: 'binary', minLength: 1 }).filter((name) => !/\p{Surrogate}/u.test(name))

describe('encodeName()', () => {
  it('can be read by a person', () => {
    expect(encodeName('10.0.0.1:20080')).to.equal('10.0.0.1%3A20080')
    expect(encodeName('catalog')).to.equal('catalog')
  })

  it('is undone by decodeName()', () => {
    fc.assert(fc.property(anyName, (name) => decodeName(encodeName(name)) === name))
  })

  it('writes nothing that a file system could take for something else', () => {
    fc.assert(fc.property(anyName, (name) => /^[\w%-][\w%.-]*$/.test(encodeName(name))))
  })

  it('never writes the name of a value for that of a folder', () => {
    for (const name of ['entry', '.entry', 'a.entry', '..entry', 'a.entry.entry']) {
      expect(folderOf('/d', `/${name}`)).not.to.match(/\.entry$/)
      expect(fileOf('/d', `/${name}`)).to.match(/^\/d\/[^/]+\.entry$/)
    }
  })
})

describe('decodeName()', () => {
  it('knows what encodeName() never writes', () => {
    for (const name of ['%zz', '%61', '.hidden', 'a b', '%', 'a.entry', '%c3', 'é'])
      expect(decodeName(name)).to.equal(undefined)
  })
})
