import { expect } from 'chai'
import fc from 'fast-check'
import { type CurveOptions, curve } from '../../src/ramp/curve.ts'

describe('curve', () => {
  it('grows evenly from a tenth to the whole', () => {
    const { factor } = curve({})
    const at = (elapsedMs: number): number => factor(elapsedMs, 10_000)
    expect([0, 999, 1_000, 2_000, 5_000, 9_990].map(at)).to.deep.equal([0.1, 0.1, 0.1, 0.2, 0.5, 0.999])
  })

  it('is done at its end, or when a timer came the least bit early, and at once if it takes no time', () => {
    const { factor } = curve({})
    expect([factor(9_998.9, 10_000) < 1, factor(9_999, 10_000), factor(20_000, 10_000), factor(0, 0)]).to.deep.equal([
      true,
      1,
      1,
      1,
    ])
  })

  it('grows early above 1 and late below', () => {
    expect(curve({ aggression: 2 }).factor(2_500, 10_000)).to.equal(0.5)
    expect(curve({ aggression: 0.5 }).factor(5_000, 10_000)).to.equal(0.25)
    expect(curve({ aggression: 0.5 }).factor(1_000, 10_000)).to.equal(0.1)
  })

  it('begins at another floor', () => {
    expect(curve({ floorPercent: 50 }).factor(0, 10_000)).to.equal(0.5)
  })

  it('leaves alone what the others can bear', () => {
    const { level } = curve({})
    expect(level([0.1, 1], [100, 100])).to.deep.equal([0.1, 1])
    expect(level([0.1, 0.1, 1, 1], [1, 1, 1, 1])).to.deep.equal([0.1, 0.1, 1, 1])
    expect(level([1, 1], [5, 7])).to.deep.equal([1, 1])
    expect(level([0, 1], [100, 100])).to.deep.equal([0, 1])
  })

  it('raises those on the way up until the others bear no more than twice their share', () => {
    const raised = curve({}).level([0.1, 0.1, 1], [1, 1, 1])
    expect(raised[0]).to.be.closeTo(0.25, 1e-12)
    expect(raised).to.deep.equal([raised[0], raised[0], 1])
    const heavy = curve({}).level([0.1, 1], [300, 100])
    expect(300 * heavy[0]! + 100).to.be.closeTo(200, 1e-9)
    const uneven = curve({ maxSurge: 1.25 }).level([0.1, 0.4, 1], [1, 1, 1])
    expect(uneven[0]! + uneven[1]! + 1).to.be.closeTo(3 / 1.25, 1e-12)
    expect(uneven[0]).to.be.below(uneven[1]!)
  })

  it('raises nobody above his weight, and all to it if the others may bear no more than usual', () => {
    expect(curve({ maxSurge: 1 }).level([0.1, 1], [100, 100])).to.deep.equal([1, 1])
    expect(curve({ maxSurge: 1 }).level([0.3, 0.3], [100, 100])).to.deep.equal([1, 1])
  })

  it('gives full weight to all where all are equally new', () => {
    expect(curve({}).level([0.1, 0.1, 0.1], [100, 200, 300])).to.deep.equal([1, 1, 1])
    expect(curve({}).level([0.7, 0.7], [100, 100])).to.deep.equal([1, 1])
  })

  it('gives full weight to the eldest where all are new, and the others theirs by comparison', () => {
    const [a, b] = curve({}).level([0.5, 0.8], [100, 100])
    expect(a).to.be.closeTo(0.625, 1e-12)
    expect(b).to.equal(1)
  })

  it('does not ask who has no weight', () => {
    expect(curve({}).level([0.5, 1], [100, 0])).to.deep.equal([1, 1])
    expect(curve({}).level([0.5, 0.5], [0, 0])).to.deep.equal([0.5, 0.5])
    expect(curve({}).level([], [])).to.deep.equal([])
  })

  it('keeps every factor within 0 and 1, the highest at 1, their order, and the surge within its bound', () => {
    const some = fc.array(fc.tuple(fc.double({ min: 0.1, max: 1, noNaN: true }), fc.integer({ min: 1, max: 300 })), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(some, fc.double({ min: 1, max: 5, noNaN: true }), (pairs, maxSurge) => {
        const [factors, weights] = [pairs.map(([factor]) => factor), pairs.map(([, weight]) => weight)]
        const leveled = curve({ maxSurge }).level(factors, weights)
        expect(Math.max(...leveled)).to.be.closeTo(1, 1e-9)
        for (const factor of leveled) expect(factor).to.be.within(0, 1 + 1e-9)
        const full = weights.reduce((sum, weight) => sum + weight, 0)
        const borne = leveled.reduce((sum, factor, index) => sum + factor * weights[index]!, 0)
        expect(full / borne).to.be.at.most(maxSurge + 1e-6)
        for (const [i, a] of factors.entries()) {
          for (const [j, b] of factors.entries()) if (a < b) expect(leveled[i]).to.be.at.most(leveled[j]! + 1e-9)
        }
      }),
    )
  })

  it('refuses options out of range, with the value', () => {
    const wrong: readonly (readonly [CurveOptions, string])[] = [
      [{ steps: 0 }, 'steps must be an integer from 1 to 100, got 0'],
      [{ aggression: 0 }, 'aggression must be a number from 0.1 to 10, got 0'],
      [{ floorPercent: 0 }, 'floorPercent must be a number from 1 to 100, got 0'],
      [{ maxSurge: 0.9 }, 'maxSurge must be a number from 1 to 100, got 0.9'],
    ]
    for (const [options, message] of wrong) expect(() => curve(options)).to.throw(RangeError, message)
  })
})
