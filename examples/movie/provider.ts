// node --import tsx --conditions=@kumquat/source examples/movie/provider.ts --registry file:./.kumquat --port 20080
import { parseArgs } from 'node:util'
import { serveMovies } from './serve.ts'

const { values } = parseArgs({
  options: {
    registry: { type: 'string', default: 'file:./.kumquat' },
    port: { type: 'string', default: '0' },
    gray: { type: 'boolean', default: false },
  },
})

const { registry, gray } = values
const { address } = await serveMovies({ registry, gray, port: Number(values.port) })
console.log(`movie/catalog is provided at ${address}${gray ? ', gray' : ''}`)
