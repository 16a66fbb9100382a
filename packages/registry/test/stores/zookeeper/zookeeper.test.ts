import { zookeeper } from '@kumquat/registry/zookeeper'
import { expect } from 'chai'

describe('zookeeper()', () => {
  it('refuses options out of range, with the value', () => {
    expect(() => zookeeper({ servers: '' })).to.throw(TypeError, 'names no server')
    expect(() => zookeeper({ servers: 'a:1', root: 'lemonhjuice' })).to.throw(TypeError, '"lemonhjuice"')
    expect(() => zookeeper({ servers: 'a:1', sessionTimeoutMs: 10 })).to.throw(RangeError, 'sessionTimeoutMs 10')
    expect(() => zookeeper({ servers: 'a:1', operationTimeoutMs: 0 })).to.throw(RangeError, 'operationTimeoutMs 0')
    expect(() => zookeeper({ servers: 'a:1', hungAfterMs: 999 })).to.throw(RangeError, 'hungAfterMs 999')
    expect(() => zookeeper({ servers: 'a:1', auditMs: 0 })).to.throw(RangeError, 'auditMs 0')
    expect(() => zookeeper({ servers: 'a:1', rereadMs: Number.NaN })).to.throw(RangeError, 'rereadMs NaN')
    expect(() => zookeeper({ servers: 'a:1', maxValueBytes: 2e6 })).to.throw(RangeError, 'maxValueBytes 2000000')
  })

  it('refuses half of a user, and an access list for nobody, without a word of the password', () => {
    const servers = 'a:1'
    const wrong = [{ username: 'me' }, { password: 'secret' }, { username: 'm:e', password: 'secret' }]
    for (const user of [...wrong, { acl: 'creator' } as const]) {
      expect(() => zookeeper({ servers, ...user }))
        .to.throw(TypeError, /username/)
        .and.not.match(/secret/)
    }
  })
})
