import { once } from 'node:events'
import { createServer } from 'node:http'
import { consumer, provider } from '@kumquat/rpc'
import { handler } from '@kumquat/rpc/node'
import { memory } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import express from 'express'
import { Movies } from '../movies.ts'

it('serves movies in an app of Express', async () => {
  await using registry = memory()
  const app = express()
  const movies = handler()
  app.use(movies)
  app.get('/hello', (_, response) => void response.send('hello'))
  const server = createServer(app).listen(0, '127.0.0.1')
  const running = await provider({ registry, services: [new Movies()], listen: movies.on(server), quietMs: 0 })

  const calls = await consumer({ registry })
  expect(await calls.client(Movies).getMovieById(42)).to.include({ id: 42 })
  await calls[Symbol.asyncDispose]()
  await running.stop()
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
})
