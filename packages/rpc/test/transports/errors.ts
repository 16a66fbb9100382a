import { type Reply, RPC_ERROR_CODES, RpcError } from '@kumquat/core'
import { recordingLogger } from '@kumquat/core/testing'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'
import type { Begin } from './stage.ts'
import { trying } from './trials.ts'

/** How failures cross. */
export function errors(begin: Begin): void {
  for (const code of RPC_ERROR_CODES) {
    it(`carries the code ${code} as a method threw it, with all that belongs to it`, async () => {
      const { endpoint } = await begin()
      const facts = { retryable: true, retryAfterMs: 1_500, details: [{ type: 'x', of: [1, null, 'ä'] }, 7] }
      const error = await rejection(endpoint.invoke(trying('throwing', [code, `it is ${code} 😀`, facts])))
      expect(error).to.include({
        code,
        message: `it is ${code} 😀`,
        outcome: 'ran',
        retryable: true,
        retryAfterMs: 1_500,
      })
      expect(error.details).to.deep.equal(facts.details)
    })
  }

  for (const outcome of ['not-run', 'unknown', 'ran'] as const) {
    it(`says that a method ran which threw an error of the outcome ${outcome}`, async () => {
      const { endpoint } = await begin()
      const error = await rejection(endpoint.invoke(trying('throwing', ['unavailable', 'away', { outcome }])))
      expect(error).to.include({ code: 'unavailable', outcome: 'ran' })
    })

    it(`carries the outcome ${outcome} of a filter of the provider`, async () => {
      const refusing = () => (): Promise<Reply> => Promise.reject(new RpcError('unavailable', 'no', { outcome }))
      const { endpoint, trials } = await begin({ filters: [refusing] })
      const error = await rejection(endpoint.invoke(trying('echo')))
      expect(error).to.include({ code: 'unavailable', message: 'no', outcome })
      expect(trials.events).to.deep.equal([])
    })
  }

  it('leaves out what an error does not say', async () => {
    const { endpoint } = await begin()
    const error = await rejection(endpoint.invoke(trying('throwing', ['aborted', '', {}])))
    expect(error).to.include({ code: 'aborted', message: '', outcome: 'ran' })
    for (const fact of ['retryable', 'retryAfterMs', 'details']) expect(error).not.to.have.property(fact)
  })

  it('carries an RpcError of a method, and says that it ran whatever that says', async () => {
    const { endpoint } = await begin()
    const error = await rejection(endpoint.invoke(calling('refuse')))
    expect(error).to.include({ code: 'not_found', message: 'no such movie', outcome: 'ran' })
    expect(error).to.include({ retryable: true, retryAfterMs: 50 })
    expect(error.details).to.deep.equal([{ type: 'movie', value: 'x' }])
  })

  it('hides what a method threw, and tells the log', async () => {
    const logger = recordingLogger()
    const { endpoint } = await begin({ logger })
    const error = await rejection(endpoint.invoke(calling('fail')))
    expect(error).to.include({ code: 'unknown', outcome: 'ran' })
    expect(error.message).to.contain('movie/catalog/fail threw').and.not.to.contain('1234')
    expect(String(error.stack)).not.to.contain('movies.ts')
    expect(error.cause).to.equal(undefined)
    const [failure] = /[0-9a-f]{8}(?=\))/.exec(error.message)!
    expect(logger.lines).to.have.length(1)
    expect(logger.lines[0]).to.have.property('level', 'error')
    expect(logger.lines[0]!.facts).to.include({ method: 'movie/catalog/fail', failure })
  })

  it('copes with a method that throws what is no error', async () => {
    const { endpoint } = await begin()
    const error = await rejection(endpoint.invoke(trying('throwingAnything')))
    expect(error).to.include({ code: 'unknown', outcome: 'ran' })
    expect(error.message).not.to.contain('a string')
  })

  for (const how of ['throws', 'rejects'] as const) {
    it(`hides why a filter of the provider ${how}, and tells the log`, async () => {
      const logger = recordingLogger()
      const failure = new Error('the password is 1234')
      const broken = () => (): Promise<Reply> => {
        if (how === 'throws') throw failure
        return Promise.reject(failure)
      }
      const { endpoint } = await begin({ logger, filters: [broken] })
      const error = await rejection(endpoint.invoke(trying('echo')))
      expect(error).to.include({ code: 'internal', outcome: 'unknown' })
      expect(error.message).to.equal('the provider failed; the reason is in its log')
      expect(logger.lines.map(({ level, facts }) => [level, facts])).to.deep.equal([['error', { error: failure }]])
    })
  }

  for (const [what, method] of [
    ['a BigInt', 'returnBigInt'],
    ['a cycle', 'returnCycle'],
  ] as const) {
    it(`names the method that returned ${what}`, async () => {
      const { endpoint } = await begin()
      const error = await rejection(endpoint.invoke(calling(method)))
      expect(error).to.include({ code: 'internal', outcome: 'ran' })
      expect(error.message).to.contain(`movie/catalog/${method} returned what JSON cannot carry`)
    })
  }
}
