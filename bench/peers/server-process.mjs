// One server of one contender, in a process of its own: tells its address, then what it has used whenever it is asked.
const [contender, run] = process.argv.slice(2)
const { serve } = await import(`./${contender}.mjs`)
process.on('message', () => process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }))
process.once('disconnect', () => process.exit(0))
process.send({ address: await serve(run) })
