import { type RpcErrorCode, sleep } from '@kumquat/core'
import { currentCall, method, service } from '@kumquat/rpc'
import { type HandClock, handClock, type TestCluster, testCluster } from '@kumquat/rpc/testing'
import { expect } from 'chai'

/** Sells by the clock of its test, and remembers what it sold. */
@service({ app: 'shop', group: 'till' })
class Till {
  readonly n: number
  readonly sold: number[] = []
  readonly #clock: HandClock

  constructor(n: number, clock: HandClock) {
    this.n = n
    this.#clock = clock
  }

  @method()
  async sell(id: number): Promise<number> {
    this.sold.push(id)
    await sleep(this.#clock, 20, currentCall()!.signal)
    return this.n
  }

  @method({ idempotent: true })
  async price(id: number): Promise<number> {
    await sleep(this.#clock, 5, currentCall()!.signal)
    return id * 10
  }
}

describe('a day of a shop with three stable tills and a gray one', () => {
  let clock: HandClock
  let cluster: TestCluster
  const GRAY = 3
  beforeEach(async () => {
    clock = handClock()
    cluster = await testCluster({
      services: (n) => [new Till(n, clock)],
      providers: 4,
      provider: (n) => ({ gray: n === GRAY }),
      consumer: { timeoutMs: 1_000 },
      clock,
    })
  })
  afterEach(async () => {
    await cluster[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
  })

  /** The end of each call, by code; time goes on until all have ended. */
  const endsOf = async (calls: readonly Promise<unknown>[]): Promise<readonly (RpcErrorCode | 'ok')[]> => {
    const ends = Promise.all(
      calls.map((call) =>
        call.then(
          () => 'ok' as const,
          ({ code }: { code: RpcErrorCode }) => code,
        ),
      ),
    )
    await clock.advance(2_000)
    return await ends
  }
  const sales = (count: number, lane?: string): Promise<unknown>[] => {
    const till = cluster.client(Till, lane === undefined ? {} : { lane })
    return Array.from({ length: count }, (_, id) => till.sell(id))
  }
  const prices = (count: number): Promise<unknown>[] => {
    const till = cluster.client(Till)
    return Array.from({ length: count }, (_, id) => till.price(id))
  }
  const soldBy = (n: number): number => (cluster.provider(n).services[0] as Till).sold.length
  const oks = (count: number): readonly 'ok'[] => Array.from({ length: count }, () => 'ok')

  it('keeps the gray till to the gray lane, and every call there', async () => {
    expect(await endsOf([...sales(60), ...sales(20, 'gray')])).to.deep.equal(oks(80))
    expect(soldBy(GRAY)).to.equal(20)
    for (const n of [0, 1, 2]) expect(soldBy(n)).to.be.above(0)
  })

  it('serves the gray lane from the others once the gray till has died', async () => {
    await cluster.provider(GRAY).kill()
    // Until it has been looked at, it might be the registry that forgot it.
    await clock.advance(5_000)
    expect(await endsOf(sales(20, 'gray'))).to.deep.equal(oks(20))
    expect(soldBy(0) + soldBy(1) + soldBy(2)).to.equal(20)
  })

  it('sells at the other tills, and nothing twice, while one refuses', async () => {
    cluster.faults.refuse(cluster.provider(0).address)
    expect(await endsOf(sales(60))).to.deep.equal(oks(60))
    expect([soldBy(0), soldBy(1) + soldBy(2)]).to.deep.equal([0, 60])
  })

  it('tells of a sale whose answer was lost, and asks for a price elsewhere', async () => {
    cluster.faults.cut(cluster.provider(0).address)
    expect(await endsOf(prices(20))).to.deep.equal(oks(20))
    const ends = await endsOf(sales(60))
    const lost = ends.filter((code) => code === 'unavailable').length
    expect(lost).to.equal(soldBy(0))
    expect(soldBy(0) + soldBy(1) + soldBy(2)).to.equal(60)
  })

  it('gives up after a second on tills that are too slow, and sells again once they are not', async () => {
    cluster.faults.delay(5_000)
    expect(await endsOf(sales(3))).to.deep.equal(['deadline_exceeded', 'deadline_exceeded', 'deadline_exceeded'])
    cluster.faults.mend()
    await clock.advance(60_000)
    expect(await endsOf(sales(3))).to.deep.equal(oks(3))
  })

  it('loses no sale in a rolling restart, with the registry away in the middle of it', async () => {
    const ends: string[] = []
    for (const n of [0, 1, 2]) {
      const calls = sales(30)
      await clock.advance(5)
      const stopping = cluster.provider(n).stop()
      ends.push(...(await endsOf(calls)))
      await stopping
      if (n === 1) cluster.registry.cut()
      ends.push(...(await endsOf(sales(10))))
      if (n === 1) cluster.registry.mend()
      await cluster.provider(n).restart()
      await clock.advance(1_000)
    }
    expect(ends).to.deep.equal(oks(120))
  })

  it('breaks off what a dying till was at, and goes on at the others', async () => {
    const calls = sales(30)
    await clock.advance(5)
    const began = soldBy(0)
    await cluster.provider(0).kill()
    const ends = await endsOf(calls)
    expect(began).to.be.above(0)
    expect(ends.filter((code) => code === 'unavailable')).to.have.length(began)
    expect(await endsOf(sales(30))).to.deep.equal(oks(30))
  })
})
