import { request } from '../peers/work.mjs'
import { begin, end } from './heap.mjs'

// The client of one contender: makes so many calls, so many at once, and tells what it allocated meanwhile.

const [contender, ...addresses] = process.argv.slice(2)
const { connect } = await import(`../peers/${contender}.mjs`)
const call = await connect(addresses)

process.on('message', async ({ calls, inFlight, bytes }) => {
  try {
    const asked = request(bytes)
    await begin()
    let left = calls
    const caller = async () => {
      while (left-- > 0) await call(asked)
    }
    await Promise.all(Array.from({ length: inFlight }, caller))
    process.send(await end())
  } catch (error) {
    process.send({ failed: String(error) })
  }
})
process.once('disconnect', () => process.exit(0))
process.send({ ready: true })
