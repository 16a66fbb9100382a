import type { Logger } from '../logger.ts'

export interface LogLine {
  readonly level: keyof Logger
  readonly facts: object
  readonly message: string
}

/** A logger that remembers every line. */
export interface RecordingLogger extends Logger {
  readonly lines: readonly LogLine[]
}

export function recordingLogger(): RecordingLogger {
  const lines: LogLine[] = []
  const at =
    (level: keyof Logger) =>
    (facts: object, message: string): void =>
      void lines.push({ level, facts, message })
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}
