import type { StandardSchema } from '@kumquat/rpc'
import { type } from 'arktype'
import { expect } from 'chai'
import Type from 'typebox'
import * as v from 'valibot'
import { z } from 'zod'
import { readArguments } from '../../src/contract/read-arguments.ts'
import { typeboxSchema } from './typebox-schema.ts'

const movie = z.object({ id: z.int() })

describe('the arguments of a call', () => {
  it('reach the method as the schemas made them', async () => {
    const schemas = [z.string().transform(Number), z.coerce.date(), z.int().default(7)]
    expect(readArguments(schemas, ['42', '2026-01-02T03:04:05.000Z'])).to.deep.equal({
      args: [42, new Date('2026-01-02T03:04:05.000Z'), 7],
    })
  })

  it('that nobody knows are the business of the schema', () => {
    const given = [{ id: 1, extra: true }]
    expect(readArguments([movie], given)).to.deep.equal({ args: [{ id: 1 }] })
    expect(readArguments([z.looseObject({ id: z.int() })], given)).to.deep.equal({ args: given })
    expect(readArguments([v.object({ id: v.number() })], given)).to.deep.equal({ args: [{ id: 1 }] })
    expect(readArguments([type({ id: 'number' })], given)).to.deep.equal({ args: given })
    expect(readArguments([typeboxSchema(Type.Object({ id: Type.Number() }))], given)).to.deep.equal({ args: given })
    expect(readArguments([z.strictObject({ id: z.int() })], given)).to.have.property('issues')
    expect(readArguments([v.strictObject({ id: v.number() })], given)).to.have.property('issues')
  })

  it('may be fewer where undefined will do, and then stay so', () => {
    expect(readArguments([z.int(), z.int().optional()], [1])).to.deep.equal({ args: [1] })
    expect(readArguments([z.int().optional()], [])).to.deep.equal({ args: [] })
    expect(readArguments([], [])).to.deep.equal({ args: [] })
    expect(readArguments([z.int(), z.int()], [1])).to.have.property('issues')
  })

  it('are never more than there are schemas', () => {
    expect(readArguments([z.int()], [1, 2])).to.deep.equal({
      issues: [{ path: [], message: 'it takes one argument at most, not 2' }],
    })
    expect(readArguments([], [1])).to.have.property('issues')
  })

  it('left out before another, which JSON makes null, count as left out', () => {
    const schemas = [z.int().optional(), z.int()]
    expect(readArguments(schemas, [null, 2])).to.deep.equal({ args: [undefined, 2] })
    expect(readArguments([z.int().nullish(), z.int()], [null, 2])).to.deep.equal({ args: [null, 2] })
    const refused = readArguments([z.int(), z.int()], [null, 2])
    expect(refused).to.have.nested.property('issues[0].message').that.contains('null')
  })

  it('wait for schemas that are asynchronous, and only for them', async () => {
    const slow = z.int().refine(async (id) => id > 0, 'no such movie')
    expect(readArguments([z.int()], [1])).not.to.be.instanceOf(Promise)
    const read = readArguments([z.string(), slow], ['a', 1])
    expect(read).to.be.instanceOf(Promise)
    expect(await read).to.deep.equal({ args: ['a', 1] })
    expect(await readArguments([z.string(), slow], ['a', -1])).to.deep.equal({
      issues: [{ argument: 1, path: [], message: 'no such movie' }],
    })
    expect(await readArguments([slow.nullable()], [null])).to.deep.equal({ args: [null] })
    const absent = v.optionalAsync(
      v.pipeAsync(
        v.number(),
        v.checkAsync(async (id) => id > 0),
      ),
    )
    expect(await readArguments([absent, z.int()], [null, 1])).to.deep.equal({ args: [undefined, 1] })
  })

  it('are refused in few and short words, however much is wrong', () => {
    const issue = {
      message: `bad\u0000\u202e ${'x'.repeat(100_000)}`,
      path: Array.from({ length: 1_000 }, () => ({ key: 'y'.repeat(100_000) })),
    }
    const huge: StandardSchema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: () => ({
          issues: Array.from({ length: 1_000 }, () => issue),
        }),
      },
    }
    const { issues } = readArguments([huge], [1]) as { readonly issues: readonly { readonly message: string }[] }
    expect(issues).to.have.length(10)
    expect(issues[0]?.message).to.match(/^bad {3}x+…$/)
    expect(JSON.stringify(issues)).to.have.length.below(25_000)
  })

  it('may be called anything, and change nobody', () => {
    const given = JSON.parse('[{"id":1,"__proto__":{"admin":true}}]') as unknown[]
    expect(readArguments([movie], given)).to.deep.equal({ args: [{ id: 1 }] })
    expect(({} as { admin?: boolean }).admin).to.equal(undefined)
  })
})
