// npm run leaks: a million calls with one signal, and what is left of them. `--calls 10000` makes fewer, `--carrier http` one row.
import { parseArgs } from 'node:util'
import { type Carrier, lastingSignal } from './lasting-signal.ts'
import { verdict } from './verdict.ts'

const CALLS: Readonly<Record<Carrier, number>> = { memory: 1_000_000, http: 50_000 }

const { values } = parseArgs({
  options: {
    // The last line is JSON in any case.
    json: { type: 'boolean' },
    calls: { type: 'string' },
    carrier: { type: 'string' },
  },
})
const carriers = (Object.keys(CALLS) as Carrier[]).filter((one) => (values.carrier ?? one) === one)
if (carriers.length === 0) throw new TypeError(`--carrier ${values.carrier} is not known; known are memory, http`)
const asked = values.calls
if (asked !== undefined && !/^[1-9]\d{2,8}$/.test(asked)) {
  throw new TypeError(`--calls ${asked} is no whole number from 100 on`)
}

const rows = []
for (const carrier of carriers) {
  const left = await lastingSignal({ carrier, calls: asked === undefined ? CALLS[carrier] : Number(asked) })
  const wrong = verdict(left)
  console.error(`${carrier}, ${left.calls} calls: ${wrong.length === 0 ? 'nothing is left' : wrong.join('; ')}`)
  rows.push({ ...left, wrong })
}
const kept = rows.every(({ wrong }) => wrong.length === 0)
console.log(JSON.stringify({ kept, rows }))
process.exitCode = kept ? 0 : 1
