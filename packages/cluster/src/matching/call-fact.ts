import { formatServiceKey, type Invocation } from '@kumquat/core'
import { shown } from './checked.ts'
import { own } from './own.ts'

/** Reads one fact of a call as text; absent if the call has none. */
export type CallFact = (invocation: Invocation) => string | undefined

/**
 * The fact of a call that a key names: `method`, `service` (`app/group`), `caller`, `attachments[name]`, or
 * `arguments[0].user.tags[1]`: a text, number or flag at any depth of what an argument itself holds. Throws `TypeError`.
 */
export function callFact(key: string, where: string): CallFact {
  const plain = Object.hasOwn(PLAIN, key) ? PLAIN[key] : undefined
  if (plain !== undefined) return plain
  if (key.length <= MAX_KEY) {
    const attachment = ATTACHMENT.exec(key)?.[1]
    if (attachment !== undefined) return ({ attachments }) => own(attachments, attachment)
    const path = ARGUMENT.exec(key)
    if (path !== null) return argument(Number(path[1]), stepsOf(path[2]!))
  }
  throw new TypeError(
    `${where} asks for ${shown(key)}, which no call has: known are method, service, caller, attachments[name], arguments[0] and paths such as arguments[0].user.id`,
  )
}

const PLAIN: Readonly<Record<string, CallFact>> = {
  method: ({ method }) => method,
  service: ({ service }) => formatServiceKey(service),
  caller: ({ caller }) => caller,
}
const MAX_KEY = 256
const ATTACHMENT = /^attachments\[([^[\]]+)\]$/
const ARGUMENT = /^arguments\[(\d{1,3})\]((?:\.[^.[\]]+|\[\d{1,9}\])*)$/
const STEP = /[^.[\]]+/g

const stepsOf = (path: string): readonly string[] => path.match(STEP) ?? []

function argument(index: number, path: readonly string[]): CallFact {
  return ({ args }) => {
    let value = args[index]
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
      value = (value as Readonly<Record<string, unknown>>)[step]
    }
    return textOf(value)
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined
}
