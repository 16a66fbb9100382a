// npm start: reads the command line, runs the demo, and turns its report into an exit status.
import { systemClock } from '@kumquat/core'
import { demo } from './demo.ts'
import { interruption, STATUS_INTERRUPTED } from './interruption.ts'
import { type DemoOptions, parseOptions, USAGE } from './options.ts'
import { complaints } from './report.ts'
import { screenOn } from './screen.ts'

/** The exit status of a program that was called wrongly. */
const STATUS_USAGE = 2

const options = readOptions()
if (options === undefined) console.log(USAGE)
else process.exitCode = await run(options)

function readOptions(): DemoOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`${messageOf(error)}\nnpm start -- --help lists the options.`)
    process.exit(STATUS_USAGE)
  }
}

async function run(options: DemoOptions): Promise<number> {
  const screen = screenOn(options.json ? process.stderr : process.stdout)
  const signal = interruption(systemClock)
  try {
    const report = await demo(options, { screen, signal })
    if (options.json) console.log(JSON.stringify(report))
    else console.log(`${report.calls} calls, ${report.failed} failed, in ${report.seconds} s`)
    const wrong = complaints(report)
    for (const sentence of wrong) console.error(sentence)
    return wrong.length === 0 ? 0 : 1
  } catch (error) {
    if (signal.aborted) return STATUS_INTERRUPTED
    console.error(`The demo cannot run: ${messageOf(error)}`)
    return 1
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
