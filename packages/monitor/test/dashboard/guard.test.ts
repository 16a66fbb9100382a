import { expect } from 'chai'
import { type Guard, guard, type Visitor } from '../../src/dashboard/guard.ts'

const TOKEN = 'correct horse battery'

const visitor = (known: Partial<Visitor> = {}): Visitor => ({
  method: 'GET',
  host: '127.0.0.1:7070',
  authorization: undefined,
  cookie: undefined,
  ...known,
})

const statusOf = (door: Guard, known: Partial<Visitor> = {}): number | undefined => door.refuse(visitor(known))?.status

describe('guard', () => {
  it('lets no address that others can reach be listened on without a token', () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'dashboard.example', '127.example']) {
      expect(() => guard({ host }))
        .to.throw(TypeError, JSON.stringify(host))
        .with.property('message')
        .match(/set a token/)
      expect(statusOf(guard({ host, token: TOKEN }))).to.equal(401)
    }
    for (const host of ['127.0.0.1', '127.0.0.5', '::1', 'localhost']) {
      expect(statusOf(guard({ host }))).to.equal(undefined)
    }
  })

  it('takes no short token, and does not repeat it', () => {
    expect(() => guard({ host: '127.0.0.1', token: 'hunter2' })).to.throw(TypeError, /^((?!hunter2).)*$/)
  })

  it('answers GET alone', () => {
    const door = guard({ host: '127.0.0.1' })
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) expect(statusOf(door, { method })).to.equal(405)
  })

  it('answers on loopback to loopback names alone, so that no foreign page can read along', () => {
    const door = guard({ host: '127.0.0.1' })
    for (const host of ['localhost:7070', '127.0.0.1', '[::1]:7070'])
      expect(statusOf(door, { host })).to.equal(undefined)
    for (const host of [
      'evil.example:7070',
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      '10.0.0.1:7070',
      '',
      undefined,
    ]) {
      expect(statusOf(door, { host }), host).to.equal(403)
    }
  })

  it('lets those in who show the token, as a bearer or by the cookie that it gave them', () => {
    const door = guard({ host: '0.0.0.0', token: TOKEN })
    const cookie = door.cookieFor(TOKEN)!.split(';')[0]!
    expect(door.cookieFor(TOKEN)).to.match(/; HttpOnly; SameSite=Strict; Path=\/$/)
    expect(statusOf(door, { authorization: `Bearer ${TOKEN}` })).to.equal(undefined)
    expect(statusOf(door, { cookie })).to.equal(undefined)
    expect(statusOf(door, { cookie: `a=b; ${cookie}; c=d` })).to.equal(undefined)
    expect(cookie).not.to.include(TOKEN)
  })

  it('lets nobody else in', () => {
    const door = guard({ host: '0.0.0.0', token: TOKEN })
    const name = door.cookieFor(TOKEN)!.split('=')[0]
    const wrong: readonly Partial<Visitor>[] = [
      {},
      { authorization: 'Bearer ' },
      { authorization: `Bearer ${TOKEN}x` },
      { authorization: `Basic ${TOKEN}` },
      { cookie: `${name}=${TOKEN}` },
      { cookie: `${name}=${'0'.repeat(64)}` },
      { cookie: `x${door.cookieFor(TOKEN)}` },
    ]
    for (const known of wrong) expect(statusOf(door, known), JSON.stringify(known)).to.equal(401)
    expect(door.cookieFor('wrong')).to.equal(undefined)
    expect(guard({ host: '127.0.0.1' }).cookieFor('')).to.equal(undefined)
  })
})
