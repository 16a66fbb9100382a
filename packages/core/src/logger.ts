/** Where words for people go. The shape of pino: facts first, then the sentence. */
export interface Logger {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

const ignore = (): void => {}

export const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }
