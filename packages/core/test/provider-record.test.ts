import { DEFAULT_WEIGHT, formatAddress, type ProviderRecord, providerRecord, sameRecord } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'

describe('providerRecord', () => {
  it('fills in every default', () => {
    expect(providerRecord({ host: '10.0.0.1', port: 80 })).to.deep.equal({
      id: '10.0.0.1:80',
      host: '10.0.0.1',
      port: 80,
      version: '',
      gray: false,
      weight: DEFAULT_WEIGHT,
      warmupMs: 0,
      startedAt: 0,
      zone: '',
      tags: {},
      transports: ['http'],
      author: '',
      description: '',
    })
  })

  it('keeps what is known, but makes the id from the address', () => {
    const record = providerRecord({ host: 'a.example', port: 1, weight: 7, gray: true, id: 'somebody else' })
    expect(record).to.include({ id: 'a.example:1', weight: 7, gray: true })
  })
})

describe('formatAddress', () => {
  it('puts an IPv6 host in brackets', () => {
    expect(formatAddress({ host: '10.0.0.1', port: 80 })).to.equal('10.0.0.1:80')
    expect(formatAddress({ host: '::1', port: 80 })).to.equal('[::1]:80')
  })
})

describe('sameRecord', () => {
  const full = providerRecord({
    host: '10.0.0.1',
    port: 80,
    version: 'V1',
    methods: ['a', 'b'],
    tags: { rack: '1', disk: 'ssd' },
    contract: 'sha256-x',
  })

  it('goes by value, whatever the order of fields and tags', () => {
    const reordered = Object.fromEntries(Object.entries(full).reverse()) as unknown as ProviderRecord
    expect(sameRecord(full, { ...reordered, tags: { disk: 'ssd', rack: '1' } })).to.equal(true)
    expect(sameRecord(full, full)).to.equal(true)
  })

  it('sees a change of any field', () => {
    const changes: readonly Partial<ProviderRecord>[] = [
      { id: 'x' },
      { host: 'x' },
      { port: 81 },
      { version: 'V2' },
      { methods: ['b', 'a'] },
      { methods: ['a'] },
      { gray: true },
      { weight: 99 },
      { warmupMs: 1 },
      { startedAt: 1 },
      { zone: 'z' },
      { tags: { rack: '1' } },
      { tags: { rack: '1', disk: 'hdd' } },
      { transports: ['stream', 'http'] },
      { contract: 'sha256-y' },
      { author: 'x' },
      { description: 'x' },
    ]
    for (const change of changes)
      expect(sameRecord(full, { ...full, ...change }), JSON.stringify(change)).to.equal(false)
    const { methods: _, ...anyMethod } = full
    expect(sameRecord(full, anyMethod)).to.equal(false)
  })

  it('agrees with equality by value for any tags', () => {
    const tags = fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 })
    fc.assert(
      fc.property(tags, tags, (a, b) => {
        const sorted = (one: object): string => JSON.stringify(Object.entries(one).sort())
        expect(sameRecord({ ...full, tags: a }, { ...full, tags: b })).to.equal(sorted(a) === sorted(b))
      }),
    )
  })
})
