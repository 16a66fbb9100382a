import type { Logger } from '@kumquat/core'

export interface ConsoleLoggerOptions {
  /** The least level that is written. Default `warn`. */
  readonly level?: keyof Logger
  /** Where lines go. Default: standard error. */
  readonly write?: (line: string) => void
}

/** A logger for people: one line each, the level, the sentence, then the facts as JSON, so that no fact can fake a line. */
export function consoleLogger({ level = 'warn', write = toStderr }: ConsoleLoggerOptions = {}): Logger {
  const least = LEVELS.indexOf(level)
  if (least < 0) throw new TypeError(`level ${JSON.stringify(level)} is none of ${LEVELS.join(', ')}`)
  const at = (own: keyof Logger): Logger['warn'] =>
    LEVELS.indexOf(own) < least
      ? () => {}
      : (facts, message) => write(`kumquat ${own}: ${oneLine(message)} ${factsOf(facts)}\n`)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

const LEVELS: readonly (keyof Logger)[] = ['debug', 'info', 'warn', 'error']

const toStderr = (line: string): void => void process.stderr.write(line)

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be kept out
const oneLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, escaped)

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

function factsOf(facts: object): string {
  try {
    return oneLine(JSON.stringify(facts, (_, value: unknown) => readable(value)))
  } catch {
    return '"facts that are no JSON"'
  }
}

function readable(value: unknown): unknown {
  if (value instanceof Error) return value.stack ?? String(value)
  return typeof value === 'bigint' ? String(value) : value
}
