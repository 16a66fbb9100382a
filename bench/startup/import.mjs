// How long one import takes that is the first of its process.
const [specifier] = process.argv.slice(2)
performance.mark('begin')
await import(specifier)
process.send({ ms: performance.measure('import', 'begin').duration })
