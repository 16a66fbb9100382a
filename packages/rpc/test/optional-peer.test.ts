import { expect } from 'chai'
import { optionalPeer } from '../src/optional-peer.ts'

describe('optionalPeer()', () => {
  it('gives the package', async () => {
    expect(await optionalPeer(() => import('node:path'), 'path', 'this')).to.have.property('join')
  })

  it('says how to install what is missing', async () => {
    const name = 'no-such-package-at-all'
    const missing = await optionalPeer(() => import(name), name, 'pinoLogger()').catch((error: unknown) => error)
    expect(missing).to.be.instanceOf(TypeError)
    expect(String(missing)).to.match(
      /pinoLogger\(\) needs the package "no-such-package-at-all".*; run: npm install no-s/,
    )
  })
})
