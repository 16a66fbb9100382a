import { isName } from '@kumquat/core'
import { isDeeperThan } from '../../http/json-depth.ts'
import { type ContractDocument, METHOD_KINDS, type MethodDocument, type MethodKind } from './contract-document.ts'
import type { JsonSchema } from './json-schema.ts'
import { hasPrototypeKey } from './prototype-key.ts'

/** Why a text is no contract. */
export interface UnreadableContract {
  readonly unreadable: string
}

/** The greatest document that is published or read. */
export const MAX_CONTRACT_BYTES: number = 256 * 1024

/** Reads a contract document, from whomever. Never throws. What it does not know it leaves out. */
export function parseContract(text: string): ContractDocument | UnreadableContract {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_CONTRACT_BYTES)
    return { unreadable: `its ${bytes} bytes are above the limit of ${MAX_CONTRACT_BYTES}` }
  if (isDeeperThan(MAX_DEPTH, text)) return { unreadable: `it nests deeper than ${MAX_DEPTH} levels` }
  try {
    return contractIn(JSON.parse(text))
  } catch (error) {
    return { unreadable: error instanceof TypeError ? error.message : 'it is no JSON' }
  }
}

const MAX_DEPTH = 64
const MAX_METHODS = 1_000
const MAX_ARGUMENTS = 64
const MAX_TIMER_MS = 2 ** 31 - 1

function contractIn(value: unknown): ContractDocument {
  const { schema, app, group, methods } = membersOf(value, 'it')
  if (hasPrototypeKey(value)) throw new TypeError('it has a key "__proto__"')
  if (typeof app !== 'string' || !isName(app) || typeof group !== 'string' || !isName(group))
    throw new TypeError('its app and group are no names')
  const entries = Object.entries(membersOf(methods, '"methods"'))
  if (entries.length > MAX_METHODS) throw new TypeError(`it has more than ${MAX_METHODS} methods`)
  const bad = entries.find(([name]) => !isName(name) || name in Object.prototype)
  if (bad !== undefined) throw new TypeError(`${JSON.stringify(bad[0].slice(0, 100))} is no name of a method`)
  return {
    schema: typeof schema === 'number' ? schema : 1,
    ...{ app, group },
    methods: Object.fromEntries(entries.map(([name, method]) => [name, methodIn(method, `method ${name}`)])),
  }
}

function methodIn(value: unknown, what: string): MethodDocument {
  const { kind = 'unary', idempotent = false, timeoutMs, input, required, output } = membersOf(value, what)
  if (!isKind(kind)) throw new TypeError(`${what} is of no kind that is known here`)
  if (input !== undefined && !isInput(input)) throw new TypeError(`the input of ${what} is no list of JSON Schemas`)
  if (output !== undefined && !isSchema(output)) throw new TypeError(`the output of ${what} is no JSON Schema`)
  return {
    kind,
    idempotent: idempotent === true,
    ...(isWithin(timeoutMs, 1, MAX_TIMER_MS) && { timeoutMs }),
    ...(input && { input, required: isWithin(required, 0, input.length) ? required : input.length }),
    ...(output !== undefined && { output }),
  }
}

function membersOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value
  throw new TypeError(`${what} is no JSON object`)
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'boolean' || isObject(value)

const isInput = (value: unknown): value is readonly JsonSchema[] =>
  Array.isArray(value) && value.length <= MAX_ARGUMENTS && value.every(isSchema)

const isKind = (value: unknown): value is MethodKind => (METHOD_KINDS as readonly unknown[]).includes(value)

const isWithin = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
