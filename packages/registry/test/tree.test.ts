import { drainingPath, providerPath, providersPath } from '@kumquat/registry'
import { expect } from 'chai'

describe('tree', () => {
  const service = { app: 'movie', group: 'catalog' }

  it('is as the reference says', () => {
    expect(providersPath(service)).to.equal('/movie/catalog/providers')
    expect(providerPath(service, { host: '10.0.0.1', port: 80 })).to.equal('/movie/catalog/providers/10.0.0.1:80')
    expect(providerPath(service, { host: '::1', port: 80 })).to.equal('/movie/catalog/providers/[::1]:80')
    expect(drainingPath(service, { host: 'a', port: 80 })).to.equal('/movie/catalog/draining/a:80')
  })

  it('has no place for what is no name', () => {
    for (const app of ['', '_config', '..', 'a/b', 'ä']) {
      expect(() => providersPath({ app, group: 'catalog' })).to.throw(TypeError, `app ${JSON.stringify(app)}`)
    }
  })
})
