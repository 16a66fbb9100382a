import { describeUrl } from '@kumquat/registry'
import { expect } from 'chai'
import fc from 'fast-check'
import { parseRegistryUrl } from '../src/registry-url.ts'

describe('parseRegistryUrl()', () => {
  it('reads each scheme', () => {
    expect(parseRegistryUrl('memory:')).to.deep.equal({ scheme: 'memory' })
    expect(parseRegistryUrl('file:./.kumquat')).to.deep.equal({ scheme: 'file', dir: './.kumquat', options: {} })
    expect(parseRegistryUrl('zookeeper://10.0.0.1:2181,10.0.0.2/lemonhjuice/?sessionTimeoutMs=9000')).to.deep.equal({
      scheme: 'zookeeper',
      servers: '10.0.0.1:2181,10.0.0.2:2181',
      root: '/lemonhjuice',
      options: { sessionTimeoutMs: 9_000 },
    })
  })

  it('reads all that a ZooKeeper needs', () => {
    expect(parseRegistryUrl('zookeeper://me:s%40cret@h1,h2:99,h3/r?acl=open&hungAfterMs=9000')).to.deep.equal({
      scheme: 'zookeeper',
      servers: 'h1:2181,h2:99,h3:2181',
      username: 'me',
      password: 's@cret',
      root: '/r',
      acl: 'open',
      options: { hungAfterMs: 9_000 },
    })
  })

  it('reads folders with and without slashes, and escapes', () => {
    const dirs = {
      'file:a%20b': 'a b',
      'file:/var/x': '/var/x',
      'file:///var/x': '/var/x',
      'file:../x?leaseMs=2000': '../x',
    }
    for (const [url, dir] of Object.entries(dirs)) expect(parseRegistryUrl(url)).to.have.property('dir', dir)
  })

  it('reads IPv6 servers and a root that is the server’s own', () => {
    expect(parseRegistryUrl('zookeeper://[::1]:99')).to.include({ servers: '[::1]:99', root: '' })
    expect(parseRegistryUrl('zookeeper://[::1]/')).to.include({ servers: '[::1]:2181', root: '' })
  })

  it('reads all that a Redis needs', () => {
    expect(parseRegistryUrl('redis://10.0.0.1,[::1]:7000')).to.deep.equal({
      scheme: 'redis',
      tls: false,
      servers: '10.0.0.1:6379,[::1]:7000',
      db: 0,
      options: {},
    })
    const url = 'rediss://me:s%2Fe%40cret@redis.example/3?root=lemonhjuice&sessionTimeoutMs=9000'
    expect(parseRegistryUrl(url)).to.deep.equal({
      scheme: 'redis',
      tls: true,
      servers: 'redis.example:6379',
      username: 'me',
      password: 's/e@cret',
      db: 3,
      root: 'lemonhjuice',
      options: { sessionTimeoutMs: 9_000 },
    })
    expect(parseRegistryUrl('redis://:pass@h')).to.include({ password: 'pass' }).and.not.have.property('username')
  })

  it('reads all that an etcd needs', () => {
    expect(parseRegistryUrl('etcd://10.0.0.1,[::1]:7000/')).to.deep.equal({
      scheme: 'etcd',
      tls: false,
      servers: '10.0.0.1:2379,[::1]:7000',
      root: '',
      files: {},
      options: {},
    })
    const url = 'etcds://me:s%2Fe%40cret@a,b/lemonhjuice?leaseTtlMs=9000&caFile=/etc/ca.pem&keyFile=k%26'
    expect(parseRegistryUrl(url)).to.deep.equal({
      scheme: 'etcd',
      tls: true,
      servers: 'a:2379,b:2379',
      username: 'me',
      password: 's/e@cret',
      root: '/lemonhjuice',
      files: { caFile: '/etc/ca.pem', keyFile: 'k&' },
      options: { leaseTtlMs: 9_000 },
    })
  })

  const wrong: Readonly<Record<string, string>> = {
    '': 'known are memory:, file:<folder>, zookeeper://',
    'localhost:2181': 'no known scheme',
    'consul://localhost': 'no known scheme',
    'memory:x': 'something after "memory:"',
    'memory:?a=1': 'known here are none',
    'file:': 'names no folder',
    'file://host/x': 'names no folder',
    'file:%zz': '"%" that begins no escape',
    'file:x?leaseMs=soon': 'leaseMs="soon", which is no whole number above 0',
    'zookeeper:': 'names no host',
    'zookeeper://': 'names no host',
    'zookeeper:///root': 'names no host',
    'zookeeper://a:b:2': 'the port "b:2"',
    'zookeeper://a:0': 'the port "0"',
    'zookeeper://a:65536': 'the port "65536"',
    'zookeeper://a,,b': 'the host ""',
    'zookeeper://a b': 'the host "a b"',
    'zookeeper://a?sessionTimeout=1': 'the option "sessionTimeout"; known here are sessionTimeoutMs',
    'zookeeper://a?sessionTimeoutMs=-1': 'sessionTimeoutMs="-1"',
    'zookeeper://a?sessionTimeoutMs=': 'sessionTimeoutMs=""',
    'zookeeper://user:secret@': 'names no host',
    'zookeeper://user:/secret@a/x': '%2F for "/"',
    'zookeeper://user:?secret@a/x': '%3F for "?"',
    'zookeeper://user:secret@a/x?acl=nobody': 'acl="nobody"; known are creator, open',
    'zookeepers://user:secret@a/x': 'asks for TLS, which the npm package "zookeeper" cannot do',
    'etcd://': 'names no host',
    'etcd://user:secret@a:x/r': 'the port "x"',
    'etcd://user:secret@a?caFile=x': 'has files for TLS; write etcds://',
    'etcds://a?leaseTtl=1': 'the option "leaseTtl"; known here are leaseTtlMs',
    'redis:': 'names no host',
    'redis://user:secret@': 'names no host',
    'redis://user:secret/secret@a/0': 'an "@" behind a "/" or "?"',
    'redis://user:secret?secret@a/0': 'an "@" behind a "/" or "?"',
    'redis://user:secret@a:x/0': 'the port "x"',
    'redis://user:secret%zz@a': '"%" that begins no escape',
    'redis://a/my-root': 'no number of a database',
    'redis://a?password=secret': 'the option "password"; known here are sessionTimeoutMs',
    'zookeeper://a/x#y': 'no known scheme',
  }
  for (const [url, what] of Object.entries(wrong)) {
    it(`refuses ${JSON.stringify(url)}, naming it and what is wrong`, () => {
      const error = catching(() => parseRegistryUrl(url))
      expect(error).to.be.instanceOf(TypeError)
      expect(error.message)
        .to.contain(what)
        .and.contain(JSON.stringify(describeUrl(url)))
        .and.not.contain('secret')
    })
  }

  it('answers or refuses with TypeError whatever it is given', () => {
    const url = fc
      .tuple(
        fc.constantFrom('file:', 'zookeeper://', 'etcd://', 'redis://', 'memory:', ''),
        fc.string({ unit: 'binary' }),
      )
      .map((t) => t.join(''))
    fc.assert(
      fc.property(url, (text) => {
        try {
          return parseRegistryUrl(text).scheme.length > 0
        } catch (error) {
          return error instanceof TypeError
        }
      }),
    )
  })
})

describe('describeUrl()', () => {
  it('leaves user and password out, whatever stands in them', () => {
    for (const password of ['secret', 's/ec@ret', 's?cret', '']) {
      expect(describeUrl(`zookeeper://me:${password}@10.0.0.1:2181/root`)).to.equal('zookeeper://10.0.0.1:2181/root')
    }
  })

  it('changes nothing else', () => {
    for (const url of ['memory:', 'file:./a@b', 'zookeeper://a,b/root?sessionTimeoutMs=1', 'nonsense']) {
      expect(describeUrl(url)).to.equal(url)
    }
  })
})

function catching(task: () => unknown): Error {
  try {
    task()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
