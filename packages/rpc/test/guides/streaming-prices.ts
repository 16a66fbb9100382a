import { type Client, defineService, implement, method } from '@kumquat/rpc'

export const prices = defineService({
  app: 'shop',
  group: 'prices',
  methods: {
    // From the provider, to it, and both ways.
    ticks: method<(item: string, count: number) => AsyncIterable<number>>({ stream: 'server' }),
    average: method<(quotes: AsyncIterable<number>) => number>({ stream: 'client' }),
    converted: method<(rate: number, quotes: AsyncIterable<number>) => AsyncIterable<number>>({ stream: 'both' }),
  },
})

export const served = implement(prices, {
  async *ticks(item, count) {
    for (let tick = 1; tick <= count; tick++) yield item.length * tick
  },
  async average(quotes) {
    let [sum, count] = [0, 0]
    for await (const quote of quotes) {
      sum += quote
      count++
    }
    return count === 0 ? 0 : sum / count
  },
  async *converted(rate, quotes) {
    for await (const quote of quotes) yield quote * rate
  },
})

/** Reads and sends as they come. */
export async function trade(client: Client<typeof prices>) {
  const seen: number[] = []
  for await (const price of client.ticks('apple', 1_000_000)) {
    seen.push(price)
    if (seen.length === 3) break // the method of the provider ends, too
  }
  const average = await client.average(client.ticks('pear', 3))
  const converted: number[] = []
  for await (const price of client.converted(2, client.ticks('fig', 2))) converted.push(price)
  return { seen, average, converted }
}
