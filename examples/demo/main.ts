// npm start: reads the command line, runs the demo, and turns its report into an exit status.
import { systemClock } from '@kumquat/core'
import { demo } from './demo.ts'
import { type DemoOptions, parseOptions, USAGE } from './options.ts'
import { complaints } from './report.ts'
import { screenOn } from './screen.ts'

/** What is wrong with how it was called. */
const STATUS_USAGE = 2
const STATUS_INTERRUPTED = 130

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
  const interrupted = interruption()
  try {
    const report = await demo(options, { screen, signal: interrupted })
    if (options.json) console.log(JSON.stringify(report))
    else screen.say(`${report.calls} calls, ${report.failed} failed, in ${report.seconds} s`)
    const wrong = complaints(report)
    for (const sentence of wrong) console.error(sentence)
    return wrong.length === 0 ? 0 : 1
  } catch (error) {
    if (interrupted.aborted) return STATUS_INTERRUPTED
    console.error(`The demo cannot run: ${messageOf(error)}`)
    return 1
  }
}

/**
 * Aborts on the first Ctrl-C; a second one ends the process at once. One keystroke may arrive several times, from the
 * terminal and from each process between it and us.
 */
function interruption(): AbortSignal {
  const controller = new AbortController()
  let firstAt = Number.POSITIVE_INFINITY
  const onSignal = (): void => {
    if (systemClock.now() - firstAt > SAME_KEYSTROKE_MS) process.exit(STATUS_INTERRUPTED)
    firstAt = Math.min(firstAt, systemClock.now())
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return controller.signal
}

const SAME_KEYSTROKE_MS = 500

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
