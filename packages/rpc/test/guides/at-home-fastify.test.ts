import { consumer } from '@kumquat/rpc'
import { kumquat } from '@kumquat/rpc/fastify'
import { memory } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import fastify from 'fastify'
import { Movies } from '../movies.ts'

it('serves movies in an app of Fastify', async () => {
  await using registry = memory()
  const app = fastify()
  app.get('/hello', () => 'hello')
  await app.register(kumquat, { registry, services: [new Movies()], quietMs: 0 })
  await app.listen({ port: 0, host: '127.0.0.1' })
  await app.kumquat.provider

  const calls = await consumer({ registry })
  expect(await calls.client(Movies).getMovieById(42)).to.include({ id: 42 })
  await calls[Symbol.asyncDispose]()
  await app.close()
})
