import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type ProviderRecord, providerRecord, RpcError, silent, sleep, systemClock } from '@kumquat/core'
import { eventually, handClock } from '@kumquat/core/testing'
import { drainingPath, MemoryTree, memory, providersPath, registrar } from '@kumquat/registry'
import { consumer, defineService, implement, method, type Provider, type ProviderOptions, provider } from '@kumquat/rpc'
import { expect } from 'chai'

const key = { app: 'shop', group: 'till' }
const TILL = defineService({ ...key, methods: { sell: method<(id: number) => string>() } })

describe('a provider that leaves', () => {
  const running: AsyncDisposable[] = []
  afterEach(async () => {
    for (const one of running.splice(0).reverse()) await one[Symbol.asyncDispose]()
  })
  const provide = async (
    options: Partial<ProviderOptions> = {},
    sell: (id: number) => string | Promise<string> = (id) => `sold ${id}`,
  ): Promise<Provider> => {
    const services = [implement(TILL, { sell })]
    const made = await provider({ registry: memory(), services, quietMs: 200, logger: silent, ...options })
    running.push(made)
    return made
  }
  /** One kept-alive connection, and what has come back on it. */
  const line = async ({ port }: Provider) => {
    const socket: Socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text
    })
    socket.on('error', () => {})
    await once(socket, 'connect')
    running.push({
      async [Symbol.asyncDispose]() {
        socket.destroy()
      },
    })
    return {
      socket,
      heard: () => heard,
      async sell() {
        const before = heard.length
        socket.write(
          'POST /shop/till/sell HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n[7]',
        )
        await eventually(() => expect(heard.slice(before)).to.match(/\r\n\r\n.*[}"]/s))
        return heard.slice(before)
      },
    }
  }

  it('is not ready, says goodbye, and serves on, telling callers, before it refuses anything', async () => {
    const tree = new MemoryTree()
    const registry = memory({ tree })
    const leaving = await provide({ registry, quietMs: 2_000 })
    const stopped = leaving.stop()
    expect(leaving.readiness).to.equal('leaving')
    const ready = await fetch(`http://${leaving.address}/_kumquat/ready`)
    expect([ready.status, await ready.json()]).to.deep.equal([503, { status: 'leaving' }])
    const live = await fetch(`http://${leaving.address}/_kumquat/live`)
    expect(live.status).to.equal(200)
    await live.text()
    const record = providerRecord({ host: '127.0.0.1', port: leaving.port })
    await eventually(async () => expect(await registry.list(providersPath(key))).to.deep.equal([]))
    expect(await registry.get(drainingPath(key, record))).not.to.equal(undefined)
    const late = await line(leaving)
    expect(await late.sell()).to.match(/^HTTP\/1.1 200 OK.*kq-closing: 1.*connection: close.*"sold 7"$/s)
    await stopped
  })

  it('is left alone from its first answer on by a consumer whose registry says nothing', async () => {
    const served: string[] = []
    const [one, two] = await Promise.all(
      ['one', 'two'].map((name) =>
        provide({ quietMs: 60_000, noticeMs: 500 }, () => {
          served.push(name)
          return name
        }),
      ),
    )
    // A registry of its own, in which nobody ever leaves.
    const deaf = memory()
    running.push(deaf)
    for (const { port } of [one!, two!]) await registrar(deaf).register(key, recordAt(port))
    const consuming = await consumer({
      registry: deaf,
      balance: 'round-robin',
      probe: false,
      snapshot: false,
      logger: silent,
    })
    running.push(consuming)
    await eventually(() => expect(consuming.peers(key).current).to.have.length(2))
    const till = consuming.client(TILL)
    for (let id = 0; id < 4; id++) await till.sell(id)
    expect(new Set(served)).to.deep.equal(new Set(['one', 'two']))

    const stopped = one!.stop()
    served.length = 0
    for (let id = 0; id < 20; id++) await till.sell(id)
    expect(served.filter((name) => name === 'one').length, 'one answer told it').to.be.at.most(1)
    await stopped
    for (let id = 0; id < 20; id++) expect(await till.sell(id)).to.equal('two')
  })

  it('refuses in our words what comes on an open connection at the end, finishes what is inside, and then closes the connection', async () => {
    let finish: ((sold: string) => void) | undefined
    const hold = (): Promise<string> =>
      new Promise((resolve) => {
        finish = resolve
      })
    const leaving = await provide({ quietMs: 0 }, hold)
    const [busy, idle, silentOne] = [await line(leaving), await line(leaving), await line(leaving)]
    const inside = busy.sell()
    await eventually(() => expect(finish).not.to.equal(undefined))
    const stopped = leaving.stop()
    // It listens no more, while the call is in flight.
    await eventually(() =>
      line(leaving).then(
        () => expect.fail('it listens'),
        () => {},
      ),
    )
    const refused = await idle.sell()
    expect(refused).to.match(/^HTTP\/1.1 503 .*kq-closing: 1.*connection: close/s)
    expect(refused).to.contain('"code":"unavailable"').and.to.contain('"outcome":"not-run"')
    expect(refused).not.to.contain('statusCode')
    await eventually(() => expect(idle.socket.closed).to.equal(true))
    expect(silentOne.socket.closed).to.equal(false)
    finish?.('sold at last')
    expect(await inside).to.contain('"sold at last"')
    await stopped
    await eventually(() => expect([busy, silentOne].map(({ socket }) => socket.closed)).to.deep.equal([true, true]))
    expect(silentOne.heard()).to.equal('')
  })

  it('is gone 26.5 s after it was told, though the registry is down, calls go on, and none ever ends', async () => {
    const clock = handClock()
    const tree = new MemoryTree()
    const registry = memory({ tree, clock })
    let [entered, cut] = [0, 0]
    const hang = (): Promise<string> => {
      entered++
      return new Promise(() => {})
    }
    const leaving = await provide({ registry, clock, quietMs: 1_000 }, hang)
    const call = async (): Promise<void> => {
      const before = entered
      const [method, headers] = ['POST', { 'content-type': 'application/json' }]
      fetch(`http://${leaving.address}/shop/till/sell`, { method, headers, body: '[7]' }).then(
        () => expect.fail('it was answered'),
        () => cut++,
      )
      await eventually(() => expect(entered).to.equal(before + 1))
    }
    await call()
    tree.cut()
    let isGone = false
    const since = clock.now()
    void leaving.stop().then(() => {
      isGone = true
    })
    for (let told = 0; told < 10_000; told += 500) {
      await call()
      await clock.advance(500)
    }
    while (!isGone && clock.now() - since < 60_000) await clock.advance(100)
    expect(clock.now() - since)
      .to.be.at.most(26_500)
      .and.at.least(25_000)
    await eventually(() => expect(cut, 'all are cut off').to.equal(entered))
  })

  it('may have its consumers, and other providers, in its own process', async () => {
    const tree = new MemoryTree()
    const registry = memory({ tree })
    const providers = await Promise.all([provide({ registry }), provide({ registry })])
    const consuming = await consumer({ registry, snapshot: false, logger: silent })
    running.push(consuming)
    await eventually(() => expect(consuming.peers(key).current).to.have.length(2))
    const till = consuming.client(TILL)
    let isOver = false
    let calls = 0
    const lane = async (): Promise<void> => {
      while (!isOver) {
        expect(await till.sell(calls)).to.equal(`sold ${calls++}`)
        await sleep(systemClock, 5)
      }
    }
    const calling = lane()
    await providers[0].stop()
    const later = await provide({ registry, port: providers[0].port })
    await eventually(() => expect(consuming.peers(key).current).to.have.length(2))
    await providers[1].stop()
    const soFar = calls
    await eventually(() => expect(calls).to.be.above(soFar + 10))
    isOver = true
    await calling
    await Promise.all([later.stop(), consuming[Symbol.asyncDispose]()])
  })

  it('leaves its port free at once, time after time', async () => {
    const { port, stop } = await provide({ quietMs: 0 })
    await (await line({ port } as Provider)).sell()
    await stop()
    for (let i = 0; i < 5; i++) {
      const next = await provide({ port, quietMs: 0 })
      expect(next.port).to.equal(port)
      await (await line(next)).sell()
      await next.stop()
    }
  })

  it('lets the last of all fail its callers in so many words', async () => {
    const registry = memory()
    running.push(registry)
    const only = await provide({ registry, quietMs: 0 })
    const consuming = await consumer({ registry, timeoutMs: 500, snapshot: false, logger: silent })
    running.push(consuming)
    const till = consuming.client(TILL)
    expect(await till.sell(1)).to.equal('sold 1')
    await only.stop()
    const error = await till.sell(2).catch((failure: unknown) => failure)
    expect(RpcError.is(error) && [error.code, error.outcome]).to.deep.equal(['unavailable', 'not-run'])
  })
})

const recordAt = (port: number): ProviderRecord => providerRecord({ host: '127.0.0.1', port, version: '' })
