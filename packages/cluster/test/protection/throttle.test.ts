import { type ThrottleOptions, throttle } from '@kumquat/cluster'
import { type Outcome, type Reply, type Rng, RpcError, type RpcErrorCode, seededRng } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call } from '../parts.ts'

type Answer = () => Promise<Reply>

const ok: Answer = async () => ({ value: 1 })
const failing =
  (code: RpcErrorCode, outcome: Outcome): Answer =>
  () =>
    Promise.reject(new RpcError(code, code, { outcome }))
const down = failing('unavailable', 'not-run')

/** Never refuses by chance, though it may. */
const lucky: Rng = () => 0.999_999

function setup(options: ThrottleOptions = {}) {
  const clock = handClock()
  const told: boolean[] = []
  let sent = 0
  let answer = ok
  const invoke = throttle({ clock, rng: lucky, onChange: (on) => told.push(on), ...options })(() => {
    sent++
    return answer()
  })
  const calls = async (count: number, as: Answer = ok): Promise<number> => {
    answer = as
    const before = sent
    for (let i = 0; i < count; i++) await invoke(call()).catch(() => {})
    return sent - before
  }
  return { clock, told, calls, invoke }
}

/** Draws what it is told; notes how often it was asked. */
const drawing = (value: number): { rng: Rng; asked: () => number } => {
  let asked = 0
  return {
    rng: () => {
      asked++
      return value
    },
    asked: () => asked,
  }
}

describe('throttle', () => {
  it('lets all through while they are accepted, passing on what comes back', async () => {
    const dice = drawing(0)
    const { calls, invoke, told } = setup({ rng: dice.rng })
    expect(await calls(1_000)).to.equal(1_000)
    expect(await invoke(call())).to.deep.equal({ value: 1 })
    expect([dice.asked(), told]).to.deep.equal([0, []])
  })

  it('holds back none while half of the calls are accepted', async () => {
    const dice = drawing(0)
    const { calls } = setup({ rng: dice.rng })
    await calls(50, ok)
    await calls(50, down)
    await calls(1, ok)
    expect(dice.asked()).to.equal(0)
  })

  it('holds back (calls - 2 × accepted) / (calls + 1) of the calls', async () => {
    // 100 calls, 25 accepted: 50 / 101.
    const share = 50 / 101
    for (const [draw, sent] of [
      [share - 1e-9, 0],
      [share, 1],
    ] as const) {
      const { rng } = drawing(draw)
      let strict = false
      const { calls } = setup({ rng: () => (strict ? rng() : 0.99) })
      await calls(25, ok)
      await calls(75, down)
      strict = true
      expect(await calls(1)).to.equal(sent)
    }
  })

  it('takes another multiple', async () => {
    // 100 calls, 25 accepted, k = 3: 25 / 101; k = 4: none.
    for (const [k, draw, sent] of [
      [3, 25 / 101 - 1e-9, 0],
      [3, 25 / 101, 1],
      [4, 0, 1],
    ] as const) {
      let at = 0.99
      const { calls } = setup({ k, rng: () => at })
      await calls(25, ok)
      await calls(75, down)
      at = draw
      expect(await calls(1)).to.equal(sent)
    }
  })

  it('refuses at once and says so, as what did not run', async () => {
    let at = 0.99
    const { calls, invoke } = setup({ rng: () => at })
    await calls(100, down)
    at = 0
    const error = await invoke(call()).catch((one: unknown) => one)
    expect(error).to.be.instanceOf(RpcError)
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
    expect((error as Error).message).to.equal(
      'movie/catalog/getMovieById was held back here: most calls of late were refused or failed, so 80 % are not sent; call less, or see what is wrong with its providers',
    )
  })

  it('counts what it holds back, and a call when it begins', async () => {
    const rows: number[] = []
    const clock = handClock()
    const never = new Promise<Reply>(() => {})
    const invoke = throttle({
      clock,
      minCalls: 4,
      maxRefusedPercent: 100,
      rng: () => {
        rows.push(0)
        return 0
      },
    })(() => never)
    for (let i = 0; i < 4; i++) void invoke(call())
    expect(rows).to.have.length(0)
    for (let i = 0; i < 3; i++) expect(await invoke(call()).catch((error: unknown) => error)).to.be.instanceOf(RpcError)
    expect(rows).to.have.length(3)
  })

  it('counts what it held back as calls, so that more demand is held back more', async () => {
    let at = 0.99
    const { calls } = setup({ rng: () => at })
    await calls(50, ok)
    await calls(50, down)
    // 100 calls, 50 accepted: the next ones that fail bring the share above 0.
    await calls(2, down)
    at = 0
    expect(await calls(100)).to.equal(0)
    // 202 calls, 50 accepted: 102 / 203.
    at = 102 / 203 - 1e-9
    expect(await calls(1)).to.equal(0)
    at = 103 / 204
    expect(await calls(1)).to.equal(1)
  })

  it('lets one of five through, whatever happens', async () => {
    for (const [draw, sent] of [
      [0.799_999, 0],
      [0.8, 1],
    ] as const) {
      let at = 0.99
      const { calls } = setup({ rng: () => at })
      await calls(10_000, down)
      at = draw
      expect(await calls(1)).to.equal(sent)
    }
    const { calls } = setup({ rng: seededRng(1) })
    await calls(1_000, down)
    expect(await calls(10_000, down)).to.be.within(1_900, 2_100)
  })

  it('holds back none below fifty calls in the window', async () => {
    const dice = drawing(0)
    const { calls, clock } = setup({ rng: dice.rng })
    expect(await calls(50, down)).to.equal(50)
    expect(await calls(1, down)).to.equal(0)
    await clock.advance(10_000)
    expect(await calls(50, down)).to.equal(50)
    expect(await calls(1, down)).to.equal(0)
  })

  it('is back to normal one window after an outage, with no call let through meanwhile', async () => {
    const { calls, clock, told } = setup({ rng: () => 0 })
    await calls(200, down)
    await clock.advance(10_000)
    expect(await calls(500, ok)).to.equal(500)
    expect(told).to.deep.equal([true, false])
  })

  it('tells when it begins and when it is over', async () => {
    const { calls, told } = setup()
    await calls(50, down)
    expect(told).to.deep.equal([])
    await calls(10, down)
    expect(told).to.deep.equal([true])
    await calls(60, ok)
    expect(told).to.deep.equal([true])
    await calls(1, ok)
    expect(told).to.deep.equal([true, false])
  })

  for (const { what, answer, accepted } of [
    { what: 'an error of the method', answer: failing('internal', 'ran'), accepted: true },
    { what: 'too large a reply', answer: failing('resource_exhausted', 'ran'), accepted: true },
    { what: 'a wrong argument', answer: failing('invalid_argument', 'not-run'), accepted: true },
    { what: 'a cancel', answer: failing('canceled', 'unknown'), accepted: true },
    { what: 'a refusal under load', answer: failing('resource_exhausted', 'not-run'), accepted: false },
    { what: 'a timeout', answer: failing('deadline_exceeded', 'unknown'), accepted: false },
    { what: 'a dead line', answer: failing('unavailable', 'unknown'), accepted: false },
    { what: 'a foreign error', answer: (): Promise<Reply> => Promise.reject(new Error('reset')), accepted: false },
  ]) {
    it(`takes ${what} for ${accepted ? 'accepted' : 'not accepted'}`, async () => {
      const { calls, told } = setup()
      await calls(60, answer)
      expect(told).to.deep.equal(accepted ? [] : [true])
    })
  }

  it('keeps count for each service it is put around', async () => {
    const around = throttle({ clock: handClock(), rng: () => 0, minCalls: 1 })
    const broken = around(down)
    const sound = around(ok)
    for (let i = 0; i < 3; i++) await broken(call()).catch(() => {})
    expect(await sound(call())).to.deep.equal({ value: 1 })
    expect(await sound(call())).to.deep.equal({ value: 1 })
  })

  it('needs nobody to listen', async () => {
    const invoke = throttle({ minCalls: 0, clock: handClock(), rng: () => 0 })(down)
    const codes = []
    for (let i = 0; i < 2; i++) codes.push(await invoke(call()).catch((error: RpcError) => error.code))
    expect(codes).to.deep.equal(['unavailable', 'resource_exhausted'])
  })

  it('refuses options out of range, with the value', () => {
    const wrong: readonly (readonly [ThrottleOptions, string])[] = [
      [{ k: 0.9 }, 'k must be a number from 1 to 100, got 0.9'],
      [{ windowMs: 99 }, 'windowMs must be a number from 100 to 3600000, got 99'],
      [{ minCalls: -1 }, 'minCalls must be an integer from 0 to 1000000000, got -1'],
      [{ maxRefusedPercent: 101 }, 'maxRefusedPercent must be a number from 0 to 100, got 101'],
    ]
    for (const [options, message] of wrong) expect(() => throttle(options)).to.throw(RangeError, message)
  })
})
