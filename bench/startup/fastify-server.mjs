import { fastify } from 'fastify'

const server = fastify()
server.post('/bench/items/getItem', async ({ body }) => ({ id: body[0] }))
const address = await server.listen({ host: '127.0.0.1', port: 0 })
process.once('disconnect', () => process.exit(0))
process.send({ address })
