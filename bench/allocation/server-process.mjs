import { begin, end } from './heap.mjs'

// One server: counts what it allocates between `begin` and the next question.

const [contender, run] = process.argv.slice(2)
const { serve } = await import(`../peers/${contender}.mjs`)
process.on('message', async (question) => {
  if (question.begin) await begin()
  process.send(question.begin ? {} : await end())
})
process.once('disconnect', () => process.exit(0))
process.send({ address: await serve(run) })
