import { RpcError, silent } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { consumer } from '@kumquat/rpc'
import { KumquatClient, KumquatServer } from '@kumquat/rpc/nest'
import { MemoryTree, memory } from '@kumquat/rpc/testing'
import type { INestMicroservice } from '@nestjs/common'
import { expect } from 'chai'
import { firstValueFrom, type Observable, toArray } from 'rxjs'
import { shop } from './shop.ts'

describe('Kumquat in a Nest app', () => {
  const service = { app: 'movie', group: 'shop' }
  let tree: MemoryTree
  let registry: ReturnType<typeof memory>
  let app: INestMicroservice
  let server: KumquatServer
  let client: KumquatClient
  let rented: unknown[]
  beforeEach(async () => {
    rented = []
    tree = new MemoryTree()
    registry = memory({ tree })
    ;({ app, server } = await shop({ registry, logger: silent }, rented))
    await app.listen()
    client = new KumquatClient({ registry, ...service, caller: 'web', logger: silent })
  })
  afterEach(async () => {
    await client.close()
    await app.close()
    await registry[Symbol.asyncDispose]()
  })

  const send = (pattern: string, data: unknown): Promise<unknown> => firstValueFrom(client.send(pattern, data))
  const refusal = async (answer: Promise<unknown>): Promise<RpcError> => {
    const error: unknown = await answer.then(
      (value) => new Error(`resolved with ${JSON.stringify(value)}`),
      (reason: unknown) => reason,
    )
    if (RpcError.is(error)) return error
    throw error
  }

  it('serves message patterns as methods, and calls them', async () => {
    expect(await send('getMovie', 7)).to.deep.equal({ id: 7, title: 'Movie 7' })
    expect(await send('add', [1, 2])).to.equal(3)
    expect(await send('whoCalls', {})).to.deep.equal({ caller: 'web', method: 'whoCalls' })
  })

  it('is called by any consumer, and known to the registry like any provider', async () => {
    await using calls = await consumer({ registry, logger: silent })
    const stub = calls.client<{ add(a: number, b: number): number }>(service)
    expect(await stub.add(2, 3)).to.equal(5)
    const [peer] = calls.peers(service).current
    expect(peer!.record.methods).to.include.members(['getMovie', 'add', 'rented'])
    expect((await server.unwrap()).address).to.equal(peer!.record.id)
  })

  it('answers the last of what a handler emits, and null for nothing', async () => {
    expect(await send('stream', {})).to.equal(3)
    expect(await send('nothing', {})).to.equal(null)
  })

  it('takes events', async () => {
    await firstValueFrom(client.emit('rented', 42))
    await eventually(() => expect(rented).to.deep.equal([42]))
  })

  it('emits one answer and completes', async () => {
    expect(await firstValueFrom((client.send('getMovie', 1) as Observable<unknown>).pipe(toArray()))).to.have.length(1)
  })

  it('tells callers what was thrown for them, and nothing else', async () => {
    expect(await refusal(send('refuse', {}))).to.include({
      code: 'not_found',
      message: 'no such movie',
      outcome: 'ran',
    })
    const sold = await refusal(send('refuseNest', {}))
    expect(sold).to.include({ code: 'unknown', message: 'no copy is left' })
    expect(sold.details).to.deep.equal([{ status: 'sold out', message: 'no copy is left' }])
    expect((await refusal(send('refuseText', {}))).message).to.equal('closed on Sundays')
    expect((await refusal(send('fail', {}))).message).not.to.contain('1234')
  })

  it('names a pattern that nobody serves', async () => {
    expect((await refusal(send('getMovies', {}))).message).to.contain('did you mean "getMovie"?')
  })

  it('cancels a call whose observer goes away', async () => {
    const subscription = client.send('wait', 1).subscribe({ error: () => {} })
    await eventually(() => expect(rented).to.deep.equal(['waiting']))
    subscription.unsubscribe()
    await eventually(() => expect(rented).to.deep.equal(['waiting', 'gone']))
  })

  it('leaves the registry when the app closes', async () => {
    await using calls = await consumer({ registry, logger: silent })
    await eventually(() => expect(calls.peers(service).current).to.have.length(1))
    await app.close()
    await eventually(() => expect(calls.peers(service).current).to.have.length(0))
  })

  it('fails to start with why', async () => {
    const { app: second } = await shop({ registry: 'carrier-pigeon://x', logger: silent })
    const error: unknown = await second.listen().then(
      () => 'started',
      (reason: unknown) => reason,
    )
    expect(String(error)).to.contain('carrier-pigeon')
  })

  it('has nothing to unwrap before it has begun', () => {
    expect(() => new KumquatServer({ registry, ...service }).unwrap()).to.throw('has not begun to listen')
    expect(() => new KumquatClient({ registry, ...service }).unwrap()).to.throw('has not connected')
  })
})
