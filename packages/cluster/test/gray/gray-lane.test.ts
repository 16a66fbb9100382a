import { type GrayRule, grayLane, type LaneDecision } from '@kumquat/cluster'
import { Cell, GRAY_LANE, type Invocation, LANE } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { call } from '../parts.ts'

const of = (user: string, known: Partial<Invocation> = {}) => call({ args: [user], ...known })
const byUser = (rule: GrayRule): ((user: string) => boolean) => {
  const decide = grayLane(new Cell<GrayRule>({ key: 'arguments[0]', ...rule }))
  return (user) => decide(of(user)).lane === GRAY_LANE
}
const users = (count: number) => Array.from({ length: count }, (_, n) => `user${n}`)
const shareOf = (rule: GrayRule): number => users(100_000).filter(byUser(rule)).length / 1_000

describe('grayLane', () => {
  const decide = (rule: GrayRule, invocation: Invocation): LaneDecision => grayLane(new Cell(rule))(invocation)
  const half: GrayRule = { percent: 50, key: 'arguments[0]' }

  it('finds no call gray by a rule that says nothing', () => {
    expect(decide({}, of('a'))).to.deep.equal({ lane: 'stable', by: 'no-key' })
    expect(decide({ key: 'arguments[0]' }, of('a'))).to.deep.equal({ lane: 'stable', by: 'percent' })
  })

  it('keeps to the percentage over 100 000 keys', () => {
    expect(shareOf({ percent: 10 })).to.be.closeTo(10, 0.5)
    expect(shareOf({ percent: 10, salt: 'release 7' })).to.be.closeTo(10, 0.5)
    expect(shareOf({ percent: 0.25 })).to.be.closeTo(0.25, 0.1)
    expect(shareOf({ percent: 99.5 })).to.be.closeTo(99.5, 0.1)
    expect(shareOf({ percent: 0 })).to.equal(0)
    expect(shareOf({ percent: 100 })).to.equal(100)
  })

  // A key must not change its lane with a new version of this package: these were 3739, 7131, 5146 and 8243 from the start.
  it('puts a key where it always was, to the hundredth of a percent', () => {
    const table: readonly [string, string, number][] = [
      ['', 'user-1', 3739],
      ['', 'user-2', 7131],
      ['', '7', 5146],
      ['', 'ünï', 8243],
      ['r42', 'user-1', 9831],
      ['r42', '', 704],
    ]
    for (const [salt, user, bucket] of table) {
      expect(byUser({ percent: bucket / 100, salt })(user), `${user} at ${bucket}`).to.equal(false)
      expect(byUser({ percent: (bucket + 1) / 100, salt })(user), `${user} above ${bucket}`).to.equal(true)
    }
  })

  it('moves nobody back when the percentage rises', () => {
    const ten = byUser({ percent: 10, salt: 's' })
    const twenty = byUser({ percent: 20, salt: 's' })
    for (const user of users(20_000)) if (ten(user)) expect(twenty(user), user).to.equal(true)
    const share = fc.integer({ min: 0, max: 10_000 })
    fc.assert(
      fc.property(share, share, fc.string(), fc.string(), (one, other, salt, user) => {
        const [low, high] = one < other ? [one, other] : [other, one]
        if (byUser({ percent: low / 100, salt })(user))
          expect(byUser({ percent: high / 100, salt })(user)).to.equal(true)
      }),
    )
  })

  it('gives a key the same lane every time, whatever else the call says', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (user, method, caller) => {
        const rule: GrayRule = { percent: 50, key: 'arguments[0]' }
        expect(decide(rule, of(user, { method, caller }))).to.deep.equal(decide(rule, of(user)))
      }),
    )
  })

  it('chooses other keys with another salt', () => {
    const [one, other] = [byUser({ percent: 10, salt: 'a' }), byUser({ percent: 10, salt: 'b' })]
    const both = users(100_000).filter((user) => one(user) && other(user)).length
    expect(both / 1_000).to.be.closeTo(1, 0.2)
  })

  it('takes its key from wherever it is told to', () => {
    const at = (key: string, invocation: Invocation) => decide({ percent: 100, key }, invocation).by
    expect(at('caller', call({ caller: 'shop' }))).to.equal('percent')
    expect(at('attachments[user]', call({ attachments: { user: 'ann' } }))).to.equal('percent')
    expect(at('arguments[0].id', call({ args: [{ id: 7 }] }))).to.equal('percent')
    expect(at('arguments[0].id', call({ args: [{ id: '' }] }))).to.equal('percent')
  })

  it('draws no lane for a call without the key', () => {
    expect(decide({ percent: 100, key: 'caller' }, call())).to.deep.equal({ lane: 'stable', by: 'no-key' })
  })

  it('leaves a call in the lane that it was given, whatever the rule', () => {
    for (const lane of ['gray', 'stable', 'blue', '']) {
      const given = of('ann', { attachments: { [LANE]: lane } })
      for (const rule of [half, { ...half, never: ['ann'] }, { ...half, always: ['ann'] }, { enabled: false }]) {
        expect(decide(rule, given)).to.deep.equal({ lane, by: 'given' })
      }
    }
  })

  it('is off when it is told so', () => {
    expect(decide({ percent: 100, key: 'arguments[0]', enabled: false }, of('a'))).to.deep.equal({
      lane: 'stable',
      by: 'off',
    })
  })

  it('knows users that are always gray, and some that never are', () => {
    const rule: GrayRule = { key: 'arguments[0]', always: ['ann', 'bob'], never: ['bob', 'cid'], percent: 100 }
    expect(decide(rule, of('ann'))).to.deep.equal({ lane: 'gray', by: 'always' })
    expect(decide(rule, of('bob'))).to.deep.equal({ lane: 'stable', by: 'never' })
    expect(decide(rule, of('cid'))).to.deep.equal({ lane: 'stable', by: 'never' })
    expect(decide(rule, of('dan'))).to.deep.equal({ lane: 'gray', by: 'percent' })
    // To the letter: a list of users is no list of patterns.
    expect(decide({ ...rule, percent: 0, always: ['*'] }, of('ann')).lane).to.equal('stable')
    expect(decide({ ...rule, percent: 0, always: ['*'] }, of('*')).lane).to.equal('gray')
  })

  it('knows calls that always are, and some that never are, by what they carry', () => {
    const rule: GrayRule = {
      always: [{ 'attachments[beta]': 'yes' }, { caller: 'qa-*', method: 'get*' }],
      never: [{ 'attachments[vip]': '*' }],
    }
    const by = (known: Partial<Invocation>) => decide(rule, call(known)).by
    expect(by({ attachments: { beta: 'yes' } })).to.equal('always')
    expect(by({ attachments: { beta: 'no' } })).to.equal('no-key')
    expect(by({ caller: 'qa-7' })).to.equal('always')
    expect(by({ caller: 'qa-7', method: 'setMovie' })).to.equal('no-key')
    expect(by({ attachments: { beta: 'yes', vip: '' } })).to.equal('never')
  })

  it('mixes users and calls in one list', () => {
    const rule: GrayRule = { key: 'arguments[0]', always: ['ann', { caller: 'qa' }] }
    expect(decide(rule, of('ann')).by).to.equal('always')
    expect(decide(rule, of('bob', { caller: 'qa' })).by).to.equal('always')
    expect(decide(rule, call({ caller: 'qa' })).by).to.equal('always')
    expect(decide(rule, of('bob')).by).to.equal('percent')
  })

  it('follows a rule that changes', () => {
    const rule = new Cell<GrayRule>({ percent: 0, key: 'arguments[0]' })
    const lane = grayLane(rule)
    expect(lane(of('a')).lane).to.equal('stable')
    rule.set({ percent: 100, key: 'arguments[0]' })
    expect(lane(of('a')).lane).to.equal('gray')
  })

  it('refuses a rule with a mistake at once', () => {
    expect(() => grayLane(new Cell<GrayRule>({ percent: 101 }))).to.throw(
      TypeError,
      'gray rule.percent must be a number from 0 to 100, got 101',
    )
  })

  it('keeps the last good rule when a later one has a mistake, and tells of it once', () => {
    const rule = new Cell<GrayRule>({ percent: 100, key: 'arguments[0]' })
    const errors: unknown[] = []
    const lane = grayLane(rule, { onError: (error) => errors.push(error) })
    rule.set({ percent: -1, key: 'arguments[0]' })
    for (let i = 0; i < 3; i++) expect(lane(of('a')).lane).to.equal('gray')
    expect(errors.map(String)).to.deep.equal(['TypeError: gray rule.percent must be a number from 0 to 100, got -1'])
    rule.set({ percent: 0, key: 'arguments[0]' })
    expect(lane(of('a')).lane).to.equal('stable')
    const quiet = grayLane(rule)
    rule.set({ percent: 7, salt: 5 as never })
    expect(quiet(of('a')).lane).to.equal('stable')
  })
})
