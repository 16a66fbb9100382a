import { fastify } from 'fastify'
import { Pool } from 'undici'
import { work } from '../work.mjs'

export async function serve() {
  const server = fastify({ bodyLimit: 8 * 2 ** 20 })
  server.post('/bench/items/getItem', async ({ body }) => work(body[0]))
  return await server.listen({ host: '127.0.0.1', port: 0 })
}

export async function connect(addresses) {
  const pools = addresses.map((address) => new Pool(address, { connections: 64, pipelining: 1 }))
  let turn = 0
  return async (asked) => {
    const { body, statusCode } = await pools[turn++ % pools.length].request({
      method: 'POST',
      path: '/bench/items/getItem',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([asked]),
    })
    const reply = await body.json()
    if (statusCode !== 200) throw new Error(`status ${statusCode}`)
    return reply
  }
}
