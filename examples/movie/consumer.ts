// node --import tsx --conditions=@kumquat/source examples/movie/consumer.ts --registry file:./.kumquat --id 42
import { parseArgs } from 'node:util'
import { consumer } from '@kumquat/rpc'
import { MovieCatalog } from './service.ts'

const { values } = parseArgs({
  options: {
    registry: { type: 'string', default: 'file:./.kumquat' },
    id: { type: 'string', default: '42' },
    city: { type: 'string', default: 'Sacramento' },
  },
})

await using calls = await consumer({ registry: values.registry, caller: 'movie-example' })
const catalog = calls.client(MovieCatalog)

console.log(await catalog.getMovieById(Number(values.id)))
console.log(await catalog.getMovieByCity(values.city))
