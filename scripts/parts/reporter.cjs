const { reporters } = require('mocha')

/** Time that what a test left open may take to close by itself, in ms. */
const LINGER_MS = 30_000

/** mocha's spec reporter, which also names what was left out, ends with the figures, and does not wait for leaks. */
class Figures extends reporters.Spec {
  static description = 'spec, the tests left out by name, and the figures on a line alone'
  #leftOut = []

  constructor(runner, options) {
    super(runner, options)
    runner.on('pending', (test) => this.#leftOut.push(test.fullTitle()))
  }

  epilogue() {
    super.epilogue()
    const { passes, failures } = this.stats
    const skipped = this.#leftOut.length
    if (skipped > 0) console.log(`Left out:\n${this.#leftOut.map((title) => `  ${title}\n`).join('')}`)
    console.log(`${passes} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
    // Alone it does not keep the process alive: it fires only if something else does.
    setTimeout(endLeaking, LINGER_MS).unref()
  }
}

function endLeaking() {
  console.error(`The tests are over for ${LINGER_MS / 1000} s and the process does not end. Still open:`)
  for (const open of process._getActiveHandles()) console.error(`  ${describeHandle(open)}`)
  console.error(`  (all resources: ${process.getActiveResourcesInfo().join(', ')})`)
  // mocha sets the status at exit too, and the last one to do so wins.
  process.on('exit', () => {
    process.exitCode = 1
  })
  process.exit(1)
}

function describeHandle(open) {
  const name = open.constructor?.name ?? typeof open
  if (open.spawnargs) return `${name} pid ${open.pid}: ${open.spawnargs.join(' ')}`
  if (open.remotePort)
    return `${name} ${open.localAddress}:${open.localPort} -> ${open.remoteAddress}:${open.remotePort}`
  if (typeof open.address === 'function') return `${name} ${JSON.stringify(open.address())}`
  return open.fd === undefined ? name : `${name} fd ${open.fd}`
}

module.exports = Figures
