import { RpcError, seededRng } from '@kumquat/core'
import { handClock, recordingLogger } from '@kumquat/core/testing'
import { type AccessLogOptions, accessLog, authenticated, pinoLogger, proven, type ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { pino } from 'pino'
import { aroundServing } from '../../src/filters/order.ts'
import { rejection } from '../rejection.ts'
import { served } from '../served.ts'

describe('accessLog()', () => {
  const logged = (options: Partial<AccessLogOptions> = {}) => {
    const clock = handClock()
    const to = recordingLogger()
    return { clock, to, log: accessLog({ to, clock, ...options }), facts: () => to.lines.map(({ facts }) => facts) }
  }

  it('writes a line for a call, without its arguments', async () => {
    const { clock, log, facts, to } = logged()
    const serve = log(async () => {
      await clock.advance(12.34567)
      return { value: 1 }
    })
    const call = served('rent', ['1234-5678'], { caller: 'web', attempt: 2, attachments: { lane: 'gray' } })
    expect(await serve({ ...call, arrived: { 'content-length': '13' } })).to.deep.equal({ value: 1 })
    expect(facts()).to.deep.equal([
      {
        ...{ method: 'movie/catalog/rent', caller: 'web', address: '10.0.0.9', lane: 'gray', attempt: 2 },
        ...{ code: 'ok', durationMs: 12.346, bytes: 13 },
      },
    ])
    expect(to.lines[0]).to.include({ level: 'info', message: 'served' })
  })

  it('writes the code of a failure, which is unknown of a foreign one, and lets it pass', async () => {
    const { log, facts } = logged()
    const failures = [new RpcError('not_found', 'none'), new Error('broken')]
    for (const failure of failures) {
      const thrown = await log(() => Promise.reject(failure))(served('rent')).catch((error: unknown) => error)
      expect(thrown).to.equal(failure)
    }
    expect(facts().map((line) => (line as { code?: string }).code)).to.deep.equal(['not_found', 'unknown'])
  })

  it('writes arguments if asked, without what is secret at any depth', async () => {
    const { log, facts } = logged({ args: true })
    const args = [{ user: 'ann', Password: 'x', deep: [{ token: { a: 1 } }] }, 'text', null]
    await log(async () => ({ value: 1 }))(served('login', args))
    expect(facts()[0]).to.deep.include({
      args: [{ user: 'ann', Password: '[withheld]', deep: [{ token: '[withheld]' }] }, 'text', null],
    })
    expect(JSON.stringify(args)).to.contain('"Password":"x"')
  })

  it('writes a share of successes, and every failure', async () => {
    const { log, to } = logged({ sample: 0.25, rng: seededRng(1) })
    const ok = log(async () => ({ value: 1 }))
    for (let call = 0; call < 1_000; call++) await ok(served('rent'))
    expect(to.lines.length).to.be.within(200, 300)
    const before = to.lines.length
    const failing = log(() => Promise.reject(new RpcError('internal', 'x')))
    for (let call = 0; call < 10; call++) await rejection(failing(served('rent')))
    expect(to.lines).to.have.length(before + 10)
  })

  it('knows the proven caller, though it stands outside of what proves it', async () => {
    const { clock, log, facts } = logged()
    const auth = (next: (call: ServedCall) => Promise<{ value: unknown }>) => (call: ServedCall) =>
      next(proven(call, 'billing'))
    await aroundServing(clock, [], { accessLog: log, auth })(async () => ({ value: 1 }))(
      served('rent', [], { caller: 'admin' }),
    )
    expect(facts()[0]).to.include({ caller: 'billing', code: 'ok' })
  })

  it('writes what was refused, and what was late, as its caller was told', async () => {
    const { clock, log, facts, to } = logged()
    const keys = [{ id: 'web-1', secret: '0123456789abcdef', callers: ['web'] }]
    const auth = authenticated({ keys, logger: recordingLogger(), clock })
    const guarded = aroundServing(clock, [], { accessLog: log, auth })(async () => ({ value: 1 }))
    await rejection(guarded(served('rent', [], { caller: 'web' })))
    const slow = aroundServing(clock, [], { accessLog: log })(() => new Promise(() => {}))
    const late = rejection(slow(served('rent', [], { deadline: 5 })))
    await clock.advance(5)
    await late
    expect(facts()[0]).to.include({ code: 'unauthenticated', caller: 'web' })
    expect(facts()[1]).to.include({ code: 'deadline_exceeded', durationMs: 5 })
    expect(to.lines).to.have.length(2)
  })

  it('takes an instance of pino as it is', async () => {
    const lines: string[] = []
    const to = pino({}, { write: (line) => void lines.push(line) })
    await accessLog({ to })(async () => ({ value: 1 }))(served('rent'))
    expect(JSON.parse(lines[0]!)).to.include({ level: 30, msg: 'served', method: 'movie/catalog/rent', code: 'ok' })
  })

  it('makes a pino of its own, which withholds what it is told to', async () => {
    const lines: string[] = []
    const to = await pinoLogger({ redact: ['args[0].card'], write: (line) => void lines.push(line) })
    await accessLog({ to, args: true })(async () => ({ value: 1 }))(served('pay', [{ card: '4111', sum: 5 }]))
    expect(JSON.parse(lines[0]!).args).to.deep.equal([{ card: '[Redacted]', sum: 5 }])
    const quiet = await pinoLogger({ level: 'error', write: (line) => void lines.push(line) })
    quiet.warn({}, 'nothing')
    expect(lines).to.have.length(1)
  })

  it('refuses a share out of range', () => {
    for (const sample of [-0.1, 1.1, Number.NaN]) expect(() => logged({ sample })).to.throw(RangeError, `got ${sample}`)
  })
})
