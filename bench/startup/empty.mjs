// What a process costs that does nothing.
process.once('disconnect', () => process.exit(0))
process.send({})
