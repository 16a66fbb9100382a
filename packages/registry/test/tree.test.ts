import { contractPath, drainingPath, providerPath, providersPath } from '@kumquat/registry'
import { expect } from 'chai'

describe('tree', () => {
  const service = { app: 'movie', group: 'catalog' }

  it('is as the reference says', () => {
    expect(providersPath(service)).to.equal('/movie/catalog/providers')
    expect(providerPath(service, { host: '10.0.0.1', port: 80 })).to.equal('/movie/catalog/providers/10.0.0.1:80')
    expect(providerPath(service, { host: '::1', port: 80 })).to.equal('/movie/catalog/providers/[::1]:80')
    expect(drainingPath(service, { host: 'a', port: 80 })).to.equal('/movie/catalog/draining/a:80')
    const hash = `sha256-${'0123456789abcdef'.repeat(4)}`
    expect(contractPath(hash)).to.equal(`/_contracts/${hash}`)
  })

  it('has no place for what is no name', () => {
    for (const app of ['', '_config', '..', 'a/b', 'ä']) {
      expect(() => providersPath({ app, group: 'catalog' })).to.throw(TypeError, `app ${JSON.stringify(app)}`)
    }
  })
  it('has no contract under what is no hash', () => {
    for (const hash of ['', 'sha256-', `sha256-${'A'.repeat(64)}`, `sha512-${'a'.repeat(64)}`]) {
      expect(() => contractPath(hash)).to.throw(TypeError, `contract ${JSON.stringify(hash)} is no hash`)
    }
  })
})
