import type { SchemaIssue } from './standard-schema.ts'

/** One thing that is wrong with the arguments or the reply of a call, short enough to be sent. */
export interface Issue {
  /** Which argument, from 0; absent where there is only one value. */
  readonly argument?: number
  /** Where in the value. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What a schema found, cut to size: values may be huge, and messages of some schemas repeat them. */
export function issuesFrom(found: readonly SchemaIssue[], argument?: number): readonly Issue[] {
  return found.slice(0, MAX_ISSUES).map(({ path = [], message }) => ({
    ...(argument !== undefined && { argument }),
    path: path.slice(0, MAX_SEGMENTS).map(segmentFrom),
    message: cut(String(message), MAX_MESSAGE_CHARS).replace(CONTROL, ' '),
  }))
}

/** The first issue in words, and how many more there are: `argument 2, filter.year: expected number (and 1 more)`. */
export function inWords([first, ...more]: readonly Issue[]): string {
  if (first === undefined) return 'its schema refused it without a reason'
  const { argument, path, message } = first
  const where = [
    ...(argument === undefined ? [] : [`argument ${argument + 1}`]),
    ...(path.length > 0 ? [dotted(path)] : []),
  ]
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`
  return `${where.length > 0 ? `${where.join(', ')}: ` : ''}${message}${rest}`
}

/** As details of an error, in the form that clients of the Connect protocol can read: our facts stand in `debug`. */
export function detailsFrom(issues: readonly Issue[]): readonly object[] {
  return issues.slice(0, MAX_ISSUES).map((issue) => ({ type: 'kumquat.Issue', value: '', debug: issue }))
}

const MAX_ISSUES = 10
const MAX_SEGMENTS = 16
const MAX_SEGMENT_CHARS = 100
const MAX_MESSAGE_CHARS = 200

const CONTROL = /[\p{Control}\p{Bidi_Control}]/gu

function segmentFrom(segment: NonNullable<SchemaIssue['path']>[number]): string | number {
  const key = typeof segment === 'object' ? segment.key : segment
  return typeof key === 'number' ? key : cut(String(key), MAX_SEGMENT_CHARS)
}

function dotted(path: Issue['path']): string {
  const text = path.map((key) => {
    if (typeof key === 'number') return `[${key}]`
    return /^[\p{L}\p{N}_$-]+$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
  })
  return text.join('').replace(/^\./, '')
}

const cut = (text: string, chars: number): string => (text.length > chars ? `${text.slice(0, chars)}…` : text)
