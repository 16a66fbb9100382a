import {
  compareContracts,
  contractDocument,
  defineService,
  type MethodDocument,
  type MethodEntry,
  method,
  parseContract,
} from '@kumquat/rpc'
import { expect } from 'chai'
import { z } from 'zod'

const naming = { app: 'movie', group: 'catalog' }
const unary = { kind: 'unary', idempotent: false } as const
const document = (methods: Readonly<Record<string, MethodDocument>>) => ({ schema: 1, ...naming, methods })
const comparing = (before: Partial<MethodDocument>, after: Partial<MethodDocument>) =>
  compareContracts(document({ get: { ...unary, ...before } }), document({ get: { ...unary, ...after } }))
/** One line for each change. */
const lines = (...documents: Parameters<typeof comparing>) =>
  comparing(...documents).map(({ kind, at, breaking, message }) => `${breaking ? '!' : ' '} ${kind} ${at}: ${message}`)

describe('the comparison of contracts', () => {
  it('finds methods that came and went', () => {
    expect(compareContracts(document({ a: unary, b: unary }), document({ b: unary, c: unary }))).to.deep.equal([
      { method: 'a', kind: 'removed', at: '', breaking: true, message: 'the method is gone' },
      { method: 'c', kind: 'added', at: '', breaking: false, message: 'the method is new' },
    ])
  })

  it('finds changed facts', () => {
    expect(lines({ idempotent: true }, { idempotent: false })).to.deep.equal([
      '! changed idempotent: callers repeat it, and a second execution may do harm now',
    ])
    expect(lines({ idempotent: false }, { idempotent: true })).to.deep.equal([
      '  changed idempotent: it may be repeated now',
    ])
    expect(lines({ timeoutMs: 5 }, {})).to.deep.equal([
      '  changed timeoutMs: its time was 5 ms and is that of the caller',
    ])
    expect(lines({}, { kind: 'server-stream' })).to.deep.equal(['! changed kind: it was unary and is server-stream'])
  })

  it('finds arguments that came, went, or must be given', () => {
    const text = { type: 'string' }
    const args = (count: number, required: number) => ({ input: Array(count).fill(text), required })
    expect(lines(args(1, 1), args(2, 1))).to.deep.equal(['  added input[1]: the argument is new'])
    expect(lines(args(1, 1), args(2, 2))).to.deep.equal(['! narrowed input[1]: the argument must be given now'])
    expect(lines(args(2, 1), args(1, 1))).to.deep.equal(['! removed input[1]: the argument is gone'])
    expect(lines(args(2, 1), args(2, 2))).to.deep.equal(['! narrowed input[1]: the argument must be given now'])
    expect(lines(args(2, 2), args(2, 1))).to.deep.equal(['  widened input[1]: the argument may be left out now'])
    expect(lines({ input: [text, text] }, args(2, 2))).to.deep.equal([])
  })

  it('takes for breaking what nobody can tell', () => {
    const unknown = 'it is known in one of the contracts only, so that nobody can tell'
    expect(lines({ input: [{}] }, {})).to.deep.equal([`! changed input: ${unknown}`])
    expect(lines({}, { input: [{}] })).to.deep.equal([`! changed input: ${unknown}`])
    expect(lines({ input: [true] }, { input: [{}] })).to.deep.equal([`! changed input[0]: ${unknown}`])
    expect(lines({ output: {} }, {})).to.deep.equal([`! changed output: ${unknown}`])
    expect(lines({ output: {} }, { output: true })).to.deep.equal([`! changed output: ${unknown}`])
    expect(lines({}, { output: true })).to.deep.equal([])
    expect(lines({ input: [true] }, { input: [true] })).to.deep.equal([])
  })

  it('says of the schemas of a library what people would say', () => {
    const contract = (entry: MethodEntry) => contractDocument(defineService({ ...naming, methods: { find: entry } }))
    const before = method({
      input: z.object({ text: z.string(), genre: z.enum(['drama', 'comedy']).optional(), years: z.array(z.int()) }),
      output: z.array(z.object({ id: z.int(), title: z.string(), rating: z.number().nullable() })),
    })
    const after = method({
      input: z.object({
        text: z.string().min(1),
        genre: z.enum(['drama', 'comedy', 'horror']).optional(),
        years: z.array(z.int().min(1900)),
        limit: z.int().optional(),
      }),
      output: z.array(z.object({ id: z.int(), rating: z.number().nullable(), lead: z.string().optional() })),
    })
    const changes = compareContracts(contract(before), contract(after))
    expect(changes.map(({ method: name, kind, at, breaking }) => [name, kind, at, breaking])).to.have.deep.members([
      ['find', 'added', 'input[0].limit', false],
      ['find', 'narrowed', 'input[0].text', true],
      ['find', 'widened', 'input[0].genre', false],
      ['find', 'narrowed', 'input[0].years[]', true],
      ['find', 'removed', 'output[].title', true],
      ['find', 'added', 'output[].lead', false],
    ])
    expect(compareContracts(contract(before), contract(before))).to.deep.equal([])
  })

  it('is not led astray by names that objects have by birth', () => {
    const input = JSON.parse('[{"properties":{"constructor":{"type":"string"},"toString":{"type":"string"}}}]')
    expect(lines({ input }, { input: [{ properties: {} }] })).to.deep.equal([
      '! removed input[0].constructor: it is gone',
      '! removed input[0].toString: it is gone',
    ])
    const poisoned = JSON.parse('[{"properties":{"__proto__":{"type":"string"}}}]')
    expect(lines({ input: [{}] }, { input: poisoned })).to.deep.equal(['  added input[0].__proto__: it is new'])
    const text =
      '{"app":"a","group":"b","methods":{"get":{"input":[{"type":7,"enum":3,"properties":[],"$ref":"#/x"}]}}}'
    const odd = parseContract(text)
    if ('unreadable' in odd) throw new Error(odd.unreadable)
    expect(compareContracts(odd, document({ get: { ...unary, input: [{}] } }))).to.have.length(1)
  })
})
