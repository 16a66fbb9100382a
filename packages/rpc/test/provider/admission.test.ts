import { RpcError } from '@kumquat/core'
import { recordingLogger } from '@kumquat/core/testing'
import { method, type StandardSchema } from '@kumquat/rpc'
import { expect } from 'chai'
import { z } from 'zod'
import { admit } from '../../src/provider/admission.ts'
import { isProduction } from '../../src/provider/is-production.ts'
import { assertReply } from '../../src/provider/reply-check.ts'
import { rejection } from '../rejection.ts'

const name = 'movie/catalog/get'
const throwing = (validate: () => never | Promise<never>): StandardSchema => ({
  '~standard': { version: 1, vendor: 'test', validate },
})
const broken = throwing(() => {
  throw new Error('the password is 1234')
})
const brokenLater = throwing(() => Promise.reject(new Error('the password is 1234')))

describe('the admission of a call', () => {
  it('asks the check before the schemas, with the arguments as they came', async () => {
    const seen: unknown[] = []
    const asks = method({
      input: z.string().transform(Number),
      check: (id) => {
        seen.push(id)
        return true
      },
    })
    expect(await admit({ method: asks, name, args: ['7'], logger: recordingLogger() })).to.deep.equal([7])
    expect(seen).to.deep.equal(['7'])
  })

  it('refuses what a schema throws at, and tells its reason to the log alone', async () => {
    for (const input of [broken, brokenLater]) {
      const logger = recordingLogger()
      const admission = async () => admit({ method: method({ input }), name, args: [1], logger })
      const refused = await rejection(admission())
      expect(refused).to.include({ code: 'invalid_argument', outcome: 'not-run' })
      expect(refused.message).to.equal(`${name}: these are not arguments of this method; it was called with [1]`)
      expect(logger.lines.map(({ message }) => message)).to.deep.equal([`the schema of ${name} threw`])
    }
  })

  it('repeats no more of huge arguments than is of use', () => {
    const args = ['x'.repeat(100_000)]
    const admission = () => admit({ method: method({ input: z.int() }), name, args, logger: recordingLogger() })
    expect(admission).to.throw(RpcError).with.property('message').that.has.length.below(500)
  })
})

describe('the check of a reply', () => {
  it('fails a reply whose schema throws, and tells its reason to the log alone', async () => {
    for (const schema of [broken, brokenLater]) {
      const logger = recordingLogger()
      const failed = await rejection(assertReply(1, { schema, name, logger }))
      expect(failed).to.include({ code: 'internal', outcome: 'ran' })
      expect(failed.message).not.to.contain('1234')
      expect(logger.lines).to.have.length(1)
    }
  })

  it('is made unless the process says that it is in production', () => {
    expect(isProduction({})).to.equal(false)
    expect(isProduction({ NODE_ENV: 'test' })).to.equal(false)
    expect(isProduction({ NODE_ENV: 'production' })).to.equal(true)
  })
})
