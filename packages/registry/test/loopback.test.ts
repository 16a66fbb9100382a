import { isLoopback, isOnThisMachine } from '@kumquat/registry'
import { expect } from 'chai'

describe('loopback', () => {
  for (const host of [
    '127.0.0.1',
    '127.255.255.255',
    '::1',
    '::ffff:127.0.0.1',
    'localhost',
    'LOCALHOST',
    'a.localhost',
  ]) {
    it(`is ${host}`, () => expect(isLoopback(host)).to.equal(true))
  }
  for (const host of ['126.255.255.255', '128.0.0.1', '10.0.0.7', '::2', 'localhost.example', 'mylocalhost', 'zk1']) {
    it(`is not ${host}`, () => expect(isLoopback(host)).to.equal(false))
  }
})

describe('a registry', () => {
  for (const url of [
    'memory:',
    'file:./.kumquat',
    'zookeeper://127.0.0.1',
    'zookeeper://localhost:2181,127.0.0.1:2182,[::1]:2183/root',
    'etcd://ann:secret@localhost/root',
    'redis://127.0.0.1:6379/0',
  ]) {
    it(`is on this machine at ${url}`, () => expect(isOnThisMachine(url)).to.equal(true))
  }
  for (const url of [
    'zookeeper://zk1:2181',
    'zookeeper://127.0.0.1:2181,10.0.0.2:2181/root',
    'etcds://etcd.example',
    'rediss://10.0.0.1/0',
  ]) {
    it(`is read by others at ${url}`, () => expect(isOnThisMachine(url)).to.equal(false))
  }
  it('is none at a URL of an unknown kind', () => {
    expect(() => isOnThisMachine('zoo://ann:secret@h')).to.throw(TypeError, 'registry URL "zoo://h"')
  })
})
