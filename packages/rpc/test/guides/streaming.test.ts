import { readFile } from 'node:fs/promises'
import { silent } from '@kumquat/core'
import { memory } from '@kumquat/registry'
import { consumer, httpConnect, memoryTransport, provider, type Transport } from '@kumquat/rpc'
import { expect } from 'chai'
import { prices, served, trade } from './streaming-prices.ts'

describe('docs/guides/streaming.md', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

  it('shows the very code that these tests compile and run', async () => {
    const guide = await read('../../../../docs/guides/streaming.md')
    const [example] = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
    expect(example).to.equal(await read('streaming-prices.ts'))
  })

  for (const [over, transport] of [
    ['by default', {}],
    ['in memory', memoryTransport()],
  ] as const) {
    it(`streams every way that it shows, ${over}`, async () => {
      await using registry = memory()
      const { connect, listen } = transport as Partial<Transport>
      const providing = { registry, services: [served], quietMs: 0, logger: silent, ...(listen && { listen }) }
      await using _provider = await provider(providing)
      await using calls = await consumer({ registry, logger: silent, ...(connect && { connect }) })
      expect(await trade(calls.client(prices))).to.deep.equal({ seen: [5, 10, 15], average: 8, converted: [6, 12] })
    })
  }

  it('streams from a provider over HTTP, and says what that cannot do', async () => {
    await using registry = memory()
    await using _provider = await provider({ registry, services: [served], quietMs: 0, logger: silent })
    await using calls = await consumer({ registry, connect: httpConnect(), logger: silent })
    const client = calls.client(prices)
    const seen: number[] = []
    for await (const price of client.ticks('apple', 3)) seen.push(price)
    expect(seen).to.deep.equal([5, 10, 15])
    const refused: unknown = await client.average(client.ticks('pear', 3)).catch((error: unknown) => error)
    expect(refused).to.include({ code: 'unimplemented', outcome: 'not-run' })
  })
})
