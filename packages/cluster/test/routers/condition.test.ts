import { type ConditionRule, condition, conditionRules, type Peers } from '@kumquat/cluster'
import { type Invocation, type Rng, seededRng } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, forgotten, idsOf, peer } from '../parts.ts'
import { routerContract } from './contract.ts'

const from = (caller: string, known: Partial<Invocation> = {}) => call({ caller, ...known })
const rules: Readonly<Record<string, ConditionRule>> = {
  plain: { when: { caller: 'shop' }, to: { zone: 'a' } },
  forced: { when: { caller: 'shop' }, to: { zone: 'nowhere' }, force: true },
  'that refers to the call': { to: { zone: '$caller', version: '!$attachments[v]' } },
}
for (const [name, rule] of Object.entries(rules)) {
  routerContract(`a condition rule ${name}`, () => condition([rule]), [call(), from('shop'), from('a')])
}
routerContract(
  'a condition rule of several destinations, while the dice lie still,',
  () => condition([{ to: [{ to: { zone: 'a' } }, { to: { gray: true } }] }], { rng: () => 0.7 }),
  [call()],
)

describe('condition', () => {
  const east = peer(1, { zone: 'east', version: 'V1' })
  const west = peer(2, { zone: 'west', version: 'V1' })
  const fresh = peer(3, { zone: 'west', version: 'V2', gray: true, tags: { disk: 'ssd' } })
  const peers = [east, west, fresh]
  const left = (rule: ConditionRule, invocation = call(), of: Peers = peers): Peers => condition([rule])(of, invocation)

  it('keeps everybody, in the very same array, without a rule', () => {
    expect(condition([])(peers, call())).to.equal(peers)
  })

  it('sends the calls that a rule is about to the peers that it names, and leaves the others alone', () => {
    const rule: ConditionRule = { when: { method: 'get*', caller: ['shop', 'desk'] }, to: { zone: 'west' } }
    expect(left(rule, from('shop'))).to.deep.equal([west, fresh])
    expect(left(rule, from('desk'))).to.deep.equal([west, fresh])
    expect(left(rule, from('till'))).to.equal(peers)
    expect(left(rule, call())).to.equal(peers)
    expect(left(rule, from('shop', { method: 'setMovie' }))).to.equal(peers)
  })

  it('is about every call if it does not say which', () => {
    expect(left({ to: { zone: 'east' } })).to.deep.equal([east])
    expect(left({ when: {}, to: { zone: 'east' } })).to.deep.equal([east])
  })

  it('asks for every fact that it names, of a call and of a peer', () => {
    const rule: ConditionRule = {
      when: { 'arguments[0].user.id': '1~100', 'attachments[beta]': '*' },
      to: { zone: 'west', 'tags[disk]': 'ssd', gray: true, version: '!V1', host: '10.*' },
    }
    const asked = (id: unknown, attachments = { beta: 'yes' } as Readonly<Record<string, string>>) =>
      left(rule, call({ args: [{ user: { id } }], attachments }))
    expect(asked(100)).to.deep.equal([fresh])
    expect(asked(101)).to.equal(peers)
    expect(asked(5, {})).to.equal(peers)
  })

  it('compares peers with the call', () => {
    const rule: ConditionRule = { to: { zone: '$attachments[zone]' } }
    const to = (zone: string) => left(rule, call({ attachments: { zone } }))
    expect(to('east')).to.deep.equal([east])
    expect(to('west')).to.deep.equal([west, fresh])
    expect(to('north')).to.equal(peers)
    expect(to('*')).to.equal(peers)
    const many: ConditionRule = { to: { zone: '$caller', version: '$attachments[v]' } }
    expect(left(many, from('west', { attachments: { v: 'V2' } }))).to.deep.equal([fresh])
    expect(left(many, from('west', { attachments: { v: 'V1' } }))).to.deep.equal([west])
  })

  it('tells calls apart by all that it refers to, and a fact that is absent from one that is not', () => {
    const route = condition([{ to: { zone: '$caller', version: '!$attachments[v]' } }])
    const ask = (caller: string | undefined, v?: string) =>
      idsOf(route(peers, call({ ...(caller && { caller }), attachments: v === undefined ? {} : { v } })))
    for (let i = 0; i < 2; i++) {
      expect(ask('west', 'V1')).to.deep.equal(idsOf([fresh]))
      expect(ask('west', 'V2')).to.deep.equal(idsOf([west]))
      expect(ask('west')).to.deep.equal(idsOf([west, fresh]))
      expect(ask('east', 'V2')).to.deep.equal(idsOf([east]))
      expect(ask(undefined, 'null')).to.deep.equal(idsOf(peers))
    }
  })

  it('is passed over when nobody fits, unless it is forced', () => {
    expect(left({ to: { zone: 'north' } })).to.equal(peers)
    expect(left({ to: { zone: 'north' }, force: false })).to.equal(peers)
    expect(left({ to: { zone: 'north' }, force: true })).to.deep.equal([])
    expect(left({ to: { zone: 'north' } }, call(), [])).to.deep.equal([])
  })

  it('is passed over, too, when nobody who fits has weight', () => {
    const resting = peer(4, { zone: 'north', weight: 0 })
    const all = [...peers, resting]
    expect(left({ to: { zone: 'north' } }, call(), all)).to.equal(all)
    expect(left({ to: { zone: 'north' }, force: true }, call(), all)).to.deep.equal([resting])
    const tired = [peer(5, { zone: 'east', weight: 0 }), resting]
    expect(left({ to: { zone: 'north' } }, call(), tired)).to.deep.equal([resting])
  })

  it('lets each rule narrow what those of higher priority left', () => {
    const one: ConditionRule = { to: { zone: 'west' } }
    const two: ConditionRule = { to: { version: 'V1' } }
    expect(condition([one, two])(peers, call())).to.deep.equal([west])
    // East is V1 and not west: the first to be asked decides, the other finds nobody and is passed over.
    const others: ConditionRule = { to: { zone: 'east' } }
    expect(condition([others, one])(peers, call())).to.deep.equal([east])
    expect(condition([others, { ...one, priority: 1 }])(peers, call())).to.deep.equal([west, fresh])
    expect(condition([{ ...others, priority: -1 }, one])(peers, call())).to.deep.equal([west, fresh])
    expect(
      condition([
        { ...others, priority: 5 },
        { ...one, priority: 5 },
      ])(peers, call()),
    ).to.deep.equal([east])
  })

  it('leaves out a rule that is not enabled, but checks it', () => {
    expect(left({ to: { zone: 'west' }, enabled: false })).to.equal(peers)
    expect(left({ to: { zone: 'west' }, enabled: true })).to.deep.equal([west, fresh])
    expect(() => condition([{ to: { zone: '' }, enabled: false }])).to.throw(TypeError)
  })

  it('gives equal questions the very same array, across every rule', () => {
    const route = condition([
      { when: { 'arguments[0]': '1~10' }, to: { zone: 'west' } },
      { to: { version: '$attachments[v]' } },
    ])
    const ask = (first: number, v: string) => route(peers, call({ args: [first], attachments: { v } }))
    expect(ask(1, 'V1')).to.deep.equal([west])
    expect(ask(2, 'V1')).to.equal(ask(1, 'V1'))
    expect(ask(1, 'V2')).to.deep.equal([fresh])
    expect(ask(11, 'V1')).to.deep.equal([east, west])
    expect(ask(12, 'V1')).to.equal(ask(11, 'V1'))
  })

  it('stays right, and lets go of the set, when every call brings something new', async () => {
    const route = condition([{ to: { zone: '$attachments[zone]' } }])
    const use = (): WeakRef<Peers> => {
      const set = [peer(1, { zone: 'z7' }), peer(2)]
      for (let i = 0; i < 500; i++) {
        const kept = route(set, call({ attachments: { zone: `z${i}` } }))
        expect(kept).to.have.length(i === 7 ? 1 : 2)
      }
      return new WeakRef<Peers>(set)
    }
    await forgotten(use())
  })
})

describe('a condition rule of several destinations', () => {
  const a = peer(1, { zone: 'a' })
  const b = peer(2, { zone: 'b' })
  const c = peer(3, { zone: 'c' })
  const peers = [a, b, c]
  const to = (zone: string, weight?: number) => ({ to: { zone }, ...(weight !== undefined && { weight }) })
  const drawn = (to: ConditionRule['to'], rng: Rng, of: Peers = peers) => condition([{ to }], { rng })(of, call())
  const share = (to: ConditionRule['to'], times = 20_000): Readonly<Record<string, number>> => {
    const route = condition([{ to }], { rng: seededRng(1) })
    const seen: Record<string, number> = {}
    for (let i = 0; i < times; i++) {
      const zone = route(peers, call())
        .map(({ record }) => record.zone)
        .join()
      seen[zone] = (seen[zone] ?? 0) + 1 / times
    }
    return seen
  }

  it('divides calls by weight, exactly where the cumulative weight is reached', () => {
    const halves = [to('a', 1), to('b', 1)]
    expect(drawn(halves, () => 0)).to.deep.equal([a])
    expect(drawn(halves, () => 0.4999)).to.deep.equal([a])
    expect(drawn(halves, () => 0.5)).to.deep.equal([b])
    expect(drawn(halves, () => 0.9999)).to.deep.equal([b])
    const tenths = [to('a', 90), to('b', 9), to('c', 1)]
    expect(drawn(tenths, () => 0.8999)).to.deep.equal([a])
    expect(drawn(tenths, () => 0.9)).to.deep.equal([b])
    expect(drawn(tenths, () => 0.9899)).to.deep.equal([b])
    expect(drawn(tenths, () => 0.9901)).to.deep.equal([c])
  })

  // With `sum <= 0` in place of `< 0`, 1:1 sent every call to the first, and 90:10 gave 91:9.
  it('gives neither of equal destinations all calls, nor the first of them too many', () => {
    const { a: half } = share([to('a', 1), to('b', 1)])
    expect(half).to.be.closeTo(0.5, 0.01)
    const { a, b } = share([to('a', 90), to('b', 10)])
    expect(a).to.be.closeTo(0.9, 0.005)
    expect(b).to.be.closeTo(0.1, 0.005)
  })

  it('takes 100 for a weight that is not given', () => {
    const { a } = share([to('a'), to('b', 300)])
    expect(a).to.be.closeTo(0.25, 0.01)
  })

  it('gives a destination of weight 0 nothing', () => {
    expect(drawn([to('a', 0), to('b', 1)], () => 0)).to.deep.equal([b])
    expect(drawn([to('b', 1), to('a', 0)], () => 0.9999)).to.deep.equal([b])
    expect(drawn([to('a', 0)], () => 0)).to.equal(peers)
    expect(condition([{ to: [to('a', 0)], force: true }])(peers, call())).to.deep.equal([])
  })

  it('takes weights below 1', () => {
    const parts = [to('a', 0.3), to('b', 0.1)]
    expect(drawn(parts, () => 0.7499)).to.deep.equal([a])
    expect(drawn(parts, () => 0.7501)).to.deep.equal([b])
  })

  it('divides among those only in which somebody is left', () => {
    const three = [to('a', 1), to('nowhere', 100), to('b', 1)]
    expect(drawn(three, () => 0.4999)).to.deep.equal([a])
    expect(drawn(three, () => 0.5)).to.deep.equal([b])
    const resting = [a, peer(4, { zone: 'b', weight: 0 })]
    expect(drawn([to('a', 1), to('b', 99)], () => 0.9, resting)).to.deep.equal([a])
    expect(drawn([to('nowhere'), to('north')], () => 0)).to.equal(peers)
    expect(condition([{ to: [to('nowhere'), to('north')], force: true }])(peers, call())).to.deep.equal([])
    expect(condition([{ to: [], force: true }])(peers, call())).to.deep.equal([])
    expect(condition([{ to: [] }])(peers, call())).to.equal(peers)
  })

  it('takes an empty destination for everybody', () => {
    expect(drawn([to('a', 1), { to: {}, weight: 1 }], () => 0.5)).to.equal(peers)
  })

  it('answers with one of few arrays, always the same', () => {
    const route = condition([{ to: [to('a'), to('b'), to('c')] }], { rng: seededRng(2) })
    const seen = new Set<Peers>()
    for (let i = 0; i < 200; i++) seen.add(route(peers, call()))
    expect(seen.size).to.equal(3)
  })

  it('keeps the proportions of any weights', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 3 }), (weights) => {
        const sum = weights.reduce((one, other) => one + other, 0)
        fc.pre(sum > 0)
        const names = ['a', 'b', 'c']
        const some = weights.map((weight, n) => to(names[n]!, weight))
        const seen = new Map<string, number>()
        // One draw from the middle of each of the equal parts in which the dice may fall.
        for (let i = 0; i < sum; i++) {
          const zone = drawn(some, () => (i + 0.5) / sum)[0]!.record.zone
          seen.set(zone, (seen.get(zone) ?? 0) + 1)
        }
        expect(weights.map((_, n) => seen.get(names[n]!) ?? 0)).to.deep.equal(weights)
      }),
    )
  })
})

describe('the words of a condition rule', () => {
  const one = peer(1, { zone: 'a', version: 'V1' })
  const words = (rule: ConditionRule, invocation = call()) => {
    const step = condition([rule]).steps![0]!
    return { asks: step.asks?.(invocation), why: step.why?.(one, invocation) }
  }

  it('name the rule, and what a peer has instead', () => {
    expect(words({ name: 'west first', to: { version: 'V1', zone: 'b' } })).to.deep.equal({
      asks: 'kept by rule "west first"',
      why: 'its zone is "a"',
    })
    expect(words({ to: { 'tags[disk]': 'ssd' } })).to.deep.equal({
      asks: 'kept by rule "rules[0]"',
      why: 'it has no tags[disk]',
    })
  })

  it('say so if the rule is not about the call', () => {
    expect(words({ name: 'x', when: { caller: 'shop' }, to: { zone: 'b' } }).asks).to.equal(
      'kept by rule "x", which is not about this call',
    )
  })

  it('tell who fits no destination from who was not drawn', () => {
    expect(words({ to: [{ to: { zone: 'b' } }, { to: { zone: 'c' } }] }).why).to.equal('it fits no destination')
    expect(words({ to: [{ to: { zone: 'b' } }] }).why).to.equal('its zone is "a"')
    expect(words({ to: [{ to: { zone: 'b' } }, { to: { zone: 'a' } }] }).why).to.equal(
      'the call was drawn for another destination',
    )
    expect(words({ to: [{ to: { zone: 'a' }, weight: 0 }] }).why).to.equal('no destination has weight')
  })
})

describe('condition rules from outside', () => {
  const mistakeOf = (...source: readonly unknown[]): string => {
    try {
      conditionRules(source)
    } catch (error) {
      if (error instanceof TypeError) return error.message
    }
    throw new Error('expected a TypeError')
  }
  const to = { zone: 'a' }

  it('are returned as they are if they are right', () => {
    const source = [{ name: 'x', when: { caller: 'a' }, to, force: true, priority: 3, enabled: false }]
    expect(conditionRules(source)).to.equal(source)
  })

  it('name the rule, the place and the value of a mistake', () => {
    expect(() => conditionRules({})).to.throw(TypeError, 'rules must be a list of at most 1000, got an object')
    expect(mistakeOf({ to }, null)).to.equal('rules[1] must be an object, got null')
    expect(mistakeOf({})).to.equal('rules[0].to must be an object, got undefined')
    expect(mistakeOf({ to: {} })).to.equal('rules[0].to is empty: say what a peer must be')
    expect(mistakeOf({ too: to })).to.equal(
      'rules[0] has no field "too": known are name, when, to, force, priority, enabled',
    )
    expect(mistakeOf({ to, name: 5 })).to.equal('rules[0].name must be a text of at most 1000 characters, got 5')
    expect(mistakeOf({ to, when: 'caller' })).to.equal('rules[0].when must be an object, got "caller"')
    expect(mistakeOf({ to, force: 'yes' })).to.equal('rules[0].force must be true or false, got "yes"')
    expect(mistakeOf({ to, enabled: 1 })).to.equal('rules[0].enabled must be true or false, got 1')
    expect(mistakeOf({ to, priority: '1' })).to.equal(
      'rules[0].priority must be a number from -1000000 to 1000000, got "1"',
    )
    expect(mistakeOf({ to, name: 'west', when: { caller: ['a', 'b~c'] } })).to.include(
      'rules[0] ("west").when["caller"][1] is no range of numbers: "b~c"',
    )
    expect(mistakeOf({ to, when: { zone: 'a' } })).to.include('rules[0].when asks for "zone", which no call has')
    expect(mistakeOf({ to: { caller: 'a' } })).to.include('rules[0].to asks for "caller", which no peer has')
    expect(mistakeOf({ to: { zone: null } })).to.include('rules[0].to["zone"] must be a text')
    expect(mistakeOf({ to: [to] })).to.equal('rules[0].to[0] has no field "zone": known are to, weight')
    expect(mistakeOf({ to: [{ to }, { weight: 1 }] })).to.equal('rules[0].to[1].to must be an object, got undefined')
    for (const weight of [-1, 10_001, '5', Number.NaN]) {
      expect(mistakeOf({ to: [{ to, weight }] })).to.include('rules[0].to[0].weight must be a number from 0 to 10000')
    }
    expect(mistakeOf({ to: [{ to: { zone: '5~1' } }] })).to.equal('rules[0].to[0].to["zone"] is an empty range: "5~1"')
  })

  it('work or throw a TypeError, whatever they are', () => {
    const hostile = fc.record(
      { name: fc.anything(), when: fc.anything(), to: fc.anything(), force: fc.anything(), priority: fc.anything() },
      { requiredKeys: [] },
    )
    const near = fc.record({
      when: fc.dictionary(fc.constantFrom('method', 'caller', '__proto__', 'arguments[0].a', 'x'), fc.anything()),
      to: fc.dictionary(fc.constantFrom('zone', 'gray', 'tags[a]', 'constructor'), fc.anything()),
    })
    fc.assert(
      fc.property(fc.array(fc.oneof(hostile, near)), (source) => {
        try {
          condition(conditionRules(source))([peer(1)], call())
        } catch (error) {
          expect(error).to.be.instanceOf(TypeError)
        }
      }),
    )
  })
})
