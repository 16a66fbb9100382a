import { Pool } from 'undici'

const [url] = process.argv.slice(2)
const pool = new Pool(url)
const { body } = await pool.request({
  method: 'POST',
  path: '/bench/items/getItem',
  headers: { 'content-type': 'application/json' },
  body: '[42]',
})
await body.json()
process.once('disconnect', () => process.exit(0))
process.send({})
