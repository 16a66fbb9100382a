import { readPort, refuseHost, splitAddress } from './address.ts'
import { printable } from './printable.ts'

/** What a registry's URL says. Options are whole numbers above 0, by name. */
export type RegistryUrl =
  | { readonly scheme: 'memory' }
  | { readonly scheme: 'file'; readonly dir: string; readonly options: Options }
  | { readonly scheme: 'zookeeper'; readonly servers: string; readonly root: string; readonly options: Options }

type Options = Readonly<Record<string, number>>

const KNOWN = 'memory:, file:<folder>, zookeeper://<host>[:<port>][,<host>…][/<root>]'
const FILE_OPTIONS = ['leaseMs', 'maxValueBytes']
const ZOOKEEPER_OPTIONS = ['sessionTimeoutMs', 'operationTimeoutMs', 'connectTimeoutMs', 'maxValueBytes']
const ZOOKEEPER_PORT = 2181

/** Reads the URL of a registry. Throws `TypeError` that names the URL, without credentials, and what is wrong with it. */
export function parseRegistryUrl(url: string): RegistryUrl {
  const { scheme, rest, query } = /^(?<scheme>[a-z]+):(?<rest>[^?#]*)(?:\?(?<query>.*))?$/s.exec(url)?.groups ?? {}
  const wrong = (what: string): TypeError => new TypeError(`registry URL ${printable(describeUrl(url), 300)} ${what}`)
  switch (scheme) {
    case 'memory':
      if (rest !== '') throw wrong('has something after "memory:"; to share a memory registry, pass the store itself')
      readOptions(query, [], wrong)
      return { scheme }
    case 'file': {
      const dir = decode((rest ?? '').replace(/^\/\/(?=\/)/, ''), wrong)
      if (dir === '' || dir.startsWith('//')) throw wrong('names no folder; write e.g. file:./.kumquat')
      return { scheme, dir, options: readOptions(query, FILE_OPTIONS, wrong) }
    }
    case 'zookeeper': {
      const [, authority = '', path = ''] = /^\/\/([^/]*)(\/.*)?$/s.exec(rest ?? '') ?? []
      if (url.includes('@')) throw wrong('has credentials or an "@", which this store cannot use; leave them out')
      if (authority === '') throw wrong('names no host; write e.g. zookeeper://127.0.0.1:2181/my-root')
      const servers = authority.split(',').map((server) => readServer(server, wrong))
      const root = decode(path, wrong).replace(/\/+$/, '')
      return { scheme, servers: servers.join(','), root, options: readOptions(query, ZOOKEEPER_OPTIONS, wrong) }
    }
    default:
      throw wrong(`has no known scheme; known are ${KNOWN}`)
  }
}

/** The URL of a registry for people and logs: without user and password. Never throws. */
export function describeUrl(url: string): string {
  return url.startsWith('file:') ? url : url.replace(/\/\/.*@/s, '//')
}

type Wrong = (what: string) => TypeError

function readServer(text: string, wrong: Wrong): string {
  const { host, port = String(ZOOKEEPER_PORT) } = splitAddress(text)
  const refusal = refuseHost(host, true)
  if (refusal !== undefined) throw wrong(`names the host ${printable(host)}, which ${refusal}`)
  if (readPort(port) === undefined) throw wrong(`names the port ${printable(port)}, which is no number from 1 to 65535`)
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function readOptions(query: string | undefined, known: readonly string[], wrong: Wrong): Options {
  const options: Record<string, number> = {}
  for (const [name, value] of new URLSearchParams(query ?? '')) {
    if (!known.includes(name)) {
      throw wrong(`has the option ${printable(name)}; known here are ${known.join(', ') || 'none'}`)
    }
    if (!/^[1-9]\d{0,9}$/.test(value)) throw wrong(`has ${name}=${printable(value)}, which is no whole number above 0`)
    options[name] = Number(value)
  }
  return options
}

function decode(text: string, wrong: Wrong): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('has a "%" that begins no escape; write it as %25')
  }
}
