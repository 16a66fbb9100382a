/** Names one service: what consumers look up and providers register. Both parts pass `assertName`. */
export interface ServiceKey {
  readonly app: string
  readonly group: string
}

/** `app/group`: the form used in registry paths, URLs, metrics and logs. */
export function formatServiceKey({ app, group }: ServiceKey): string {
  return `${app}/${group}`
}

/** Reads `app/group`. Throws `TypeError` for anything else, naming the value. */
export function parseServiceKey(text: string): ServiceKey {
  const parts = text.split('/')
  const [app, group] = parts
  if (parts.length !== 2 || app === undefined || group === undefined) {
    throw new TypeError(`service ${JSON.stringify(text)} is not of the form "app/group", e.g. "movie/catalog"`)
  }
  return { app: assertName('app', app), group: assertName('group', group) }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** Whether `text` may be the name of an app, a group or a method: a path segment and a metric segment at once. */
export const isName = (text: string): boolean => NAME.test(text)

/** Returns `text`, or throws `TypeError` naming `what` and the value. */
export function assertName(what: string, text: string): string {
  if (isName(text)) return text
  throw new TypeError(
    `${what} ${JSON.stringify(text)} is not a name: 1 to 128 letters, digits, ".", "_" or "-", beginning with a letter or digit`,
  )
}
