import { expect } from 'chai'
import { readOptions } from './options.ts'
import { rowOf } from './row.ts'
import { atLeast, atMost, type Bound, exactly, figure, type Scenario, within } from './scenario.ts'
import { churn } from './scenarios/churn.ts'
import { gray } from './scenarios/gray.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { heading, rowText } from './table.ts'

describe('npm run simulate', function () {
  this.timeout(60_000)

  it('has a scenario for each kind of day', () => {
    const names = SCENARIOS.map(({ name }) => name)
    const promised = 'spread slow-host churn retry-storm metastable flap cold-start gray mass-ejection subset scale'
    expect(names).to.deep.equal(promised.split(' '))
  })

  it('runs what is asked for, everything if nothing is', () => {
    expect(readOptions([])).to.deep.equal({ scenarios: SCENARIOS, seed: 1 })
    const asked = readOptions(['--json', '--scenario', 'gray,churn', '--seed', '42'])
    expect(asked).to.deep.equal({ scenarios: [churn, gray], seed: 42 })
  })

  it('refuses what it does not know', () => {
    expect(() => readOptions(['--scenario', 'sunny'])).to.throw(
      TypeError,
      /^--scenario sunny is not known; known are spread, /,
    )
    expect(() => readOptions(['--seed', 'x'])).to.throw(TypeError, '--seed x is no whole number')
  })

  it('holds figures to their bounds', () => {
    const holds = (bound: Bound, ...values: readonly number[]): readonly boolean[] => values.map(bound.holds)
    expect(holds(atMost(1), 0.9, 1, 1.1, Number.NaN)).to.deep.equal([true, true, false, false])
    expect(holds(atLeast(1), 0.9, 1, 1.1, Number.NaN)).to.deep.equal([false, true, true, false])
    expect(holds(exactly(0), 0, 1, -1)).to.deep.equal([true, false, false])
    expect(holds(within(1, 2), 0.9, 1, 2, 2.1)).to.deep.equal([false, true, true, false])
  })

  it('tells figures as rows, for machines and for people', () => {
    const day: Scenario = { name: 'day', run: async () => [] }
    const kept = rowOf(day, figure('p2c', 'p99 ms', 12.345678, atMost(20)))
    const broken = rowOf(day, figure('p2c', 's', Number.POSITIVE_INFINITY, atMost(20)))
    const told = rowOf(day, figure('p2c', 's', 3))
    expect(kept).to.deep.equal({
      scenario: 'day',
      subject: 'p2c',
      measure: 'p99 ms',
      value: 12.3457,
      bound: '<= 20',
      kept: true,
    })
    expect(broken).to.include({ value: null, kept: false })
    expect(told).to.include({ value: 3, kept: true }).and.to.not.have.property('bound')
    expect(heading().split(/ +/)).to.deep.equal(['scenario', 'subject', 'measure', 'value', 'bound', 'kept'])
    expect(rowText(kept).split(/ {2,}/)).to.deep.equal(['day', 'p2c', 'p99 ms', '12.35', '<= 20', 'yes'])
    expect(rowText(broken).split(/ {2,}/)).to.deep.equal(['day', 'p2c', 's', 'never', '<= 20', 'NO'])
    expect(rowText(told).split(/ {2,}/)).to.deep.equal(['day', 'p2c', 's', '3', '-'])
  })

  it('finds the same with the same seed, and the bounds of a gray release kept', async () => {
    const [once, again] = [await gray.run(3), await gray.run(3)]
    expect(once.map(({ value }) => value)).to.deep.equal(again.map(({ value }) => value))
    for (const one of once) expect(rowOf(gray, one).kept, `${one.subject}: ${one.measure}`).to.equal(true)
  })
})
