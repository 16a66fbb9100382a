import { parseArgs } from 'node:util'

/** What the demo was asked for. */
export interface DemoOptions {
  /** URL of a registry that is there already; absent = a file registry in a temporary folder. */
  readonly registry?: string
  /** Provider processes; from two on the last one is gray. */
  readonly providers: number
  /** Calls a second, all together. */
  readonly rate: number
  /** Duration of the calling; absent = until Ctrl-C. */
  readonly seconds?: number
  /** End with one line of JSON on stdout, and say everything else on stderr. */
  readonly json: boolean
  /** Of the dashboard; 0 = a free one. */
  readonly port: number
}

export const USAGE = `npm start -- [options]

A movie service in several processes, one of them gray, and a consumer that calls it at a steady rate.

  --registry <url>  zookeeper://host:2181/root or file:./folder   (default: a temporary folder)
  --providers <n>   provider processes, 1 to 50; the last is gray (default: 3)
  --rate <n>        calls a second, 1 to 5000                     (default: 200)
  --seconds <n>     stop after so long                            (default: on Ctrl-C)
  --port <n>        port of the dashboard on 127.0.0.1            (default: a free one)
  --json            one last line of JSON on stdout
  --help            this

Exit status 0 says: no call failed, every stable provider was called, the gray one was not.`

/**
 * Reads a command line; `undefined` stands for a question for help.
 *
 * @throws TypeError or RangeError that says which option is wrong, and how.
 */
export function parseOptions(args: readonly string[]): DemoOptions | undefined {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false })
  if (values.help) return undefined
  if (values.registry === '') throw new TypeError('--registry is empty: give a URL, e.g. file:./.kumquat')
  if (values.registry?.startsWith('memory:')) {
    throw new TypeError('--registry memory: is for one process; several can share a folder, e.g. file:./.kumquat')
  }
  return {
    ...(values.registry !== undefined && { registry: values.registry }),
    providers: number('providers', values.providers, { from: 1, to: 50, whole: true }),
    rate: number('rate', values.rate, { from: 1, to: 5_000 }),
    ...(values.seconds !== undefined && { seconds: number('seconds', values.seconds, { from: 1, to: 86_400 }) }),
    json: values.json,
    port: number('port', values.port, { from: 0, to: 65_535, whole: true }),
  }
}

const OPTIONS = {
  registry: { type: 'string' },
  providers: { type: 'string', default: '3' },
  rate: { type: 'string', default: '200' },
  seconds: { type: 'string' },
  port: { type: 'string', default: '0' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

interface Range {
  readonly from: number
  readonly to: number
  readonly whole?: boolean
}

function number(option: string, text: string, { from, to, whole = false }: Range): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= from && value <= to && (!whole || Number.isInteger(value))) return value
  throw new RangeError(`--${option} ${text} is not a ${whole ? 'whole ' : ''}number from ${from} to ${to}`)
}
