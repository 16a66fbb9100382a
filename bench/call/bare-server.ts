import { fastify } from 'fastify'
import { itemOf } from './work.ts'

const server = fastify()
server.post<{ Body: [number] }>('/bench/items/getItem', async ({ body }) => itemOf(body[0]))
process.send?.(await server.listen({ host: '127.0.0.1', port: 0 }))
process.once('disconnect', () => void server.close())
