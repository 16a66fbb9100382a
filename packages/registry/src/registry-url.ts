import { printable } from './printable.ts'
import { readServers, type ServersUrl, unescaped, type Wrong } from './servers-url.ts'

/** What a registry's URL says. Options are whole numbers above 0, by name. */
export type RegistryUrl =
  | { readonly scheme: 'memory' }
  | { readonly scheme: 'file'; readonly dir: string; readonly options: Options }
  | ZookeeperUrl
  | EtcdUrl
  | RedisUrl

type ZookeeperUrl = { readonly scheme: 'zookeeper'; readonly root: string; readonly options: Options } & {
  readonly acl?: 'creator' | 'open'
} & Omit<ServersUrl, 'path'>

/** `files`: where the PEM texts of TLS are, by the name of the option. */
type EtcdUrl = { readonly scheme: 'etcd'; readonly tls: boolean; readonly root: string; readonly options: Options } & {
  readonly files: Readonly<Record<string, string>>
} & Omit<ServersUrl, 'path'>

type RedisUrl = { readonly scheme: 'redis'; readonly tls: boolean; readonly db: number; readonly options: Options } & {
  readonly root?: string
} & Omit<ServersUrl, 'path'>

type Options = Readonly<Record<string, number>>

const KNOWN =
  'memory:, file:<folder>, zookeeper://<host>[:<port>][,<host>…][/<root>], etcd[s]://<host>[:<port>][,<host>…][/<root>], ' +
  'redis[s]://<host>[:<port>][/<db>][?root=<name>]'
const FILE_OPTIONS = ['leaseMs', 'maxValueBytes']
const ZOOKEEPER_OPTIONS = ['sessionTimeoutMs', 'operationTimeoutMs', 'connectTimeoutMs', 'hungAfterMs', 'maxValueBytes']
const ETCD_OPTIONS = ['leaseTtlMs', 'operationTimeoutMs', 'connectTimeoutMs', 'maxValueBytes']
const ETCD_FILES = ['caFile', 'certFile', 'keyFile']
const REDIS_OPTIONS = ['sessionTimeoutMs', 'operationTimeoutMs', 'connectTimeoutMs', 'maxValueBytes']

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
      const dir = unescaped((rest ?? '').replace(/^\/\/(?=\/)/, ''), wrong)
      if (dir === '' || dir.startsWith('//')) throw wrong('names no folder; write e.g. file:./.kumquat')
      return { scheme, dir, options: readOptions(query, FILE_OPTIONS, wrong) }
    }
    case 'zookeeper':
      return { scheme, ...readZookeeper(url, query, wrong) }
    case 'zookeepers':
      throw wrong(
        'asks for TLS, which the npm package "zookeeper" cannot do; write zookeeper:// over a network you trust',
      )
    case 'etcd':
    case 'etcds':
      return { scheme: 'etcd', tls: scheme === 'etcds', ...readEtcd(url, query, wrong) }
    case 'redis':
    case 'rediss':
      return { scheme: 'redis', tls: scheme === 'rediss', ...readRedis(url, query, wrong) }
    default:
      throw wrong(`has no known scheme; known are ${KNOWN}`)
  }
}

/** The URL of a registry for people and logs: without user and password, wherever they were written. Never throws. */
export function describeUrl(url: string): string {
  if (url.startsWith('file:')) return url
  return url.replace(/\/\/.*@/s, '//').replace(/([?&][^=&]*(?:pass|secret|token)[^=&]*=)[^&]*/gi, '$1…')
}

function readZookeeper(url: string, query: string | undefined, wrong: Wrong): Omit<ZookeeperUrl, 'scheme'> {
  const { path, ...servers } = readServers(url, { defaultPort: 2181, wrong })
  const params = new URLSearchParams(query)
  const acl = params.get('acl')
  params.delete('acl')
  if (acl !== null && acl !== 'creator' && acl !== 'open')
    throw wrong(`has acl=${printable(acl)}; known are creator, open`)
  const options = readOptions(params.toString(), ZOOKEEPER_OPTIONS, wrong)
  return { ...servers, root: path.replace(/\/+$/, ''), ...(acl === null ? {} : { acl }), options }
}

function readEtcd(url: string, query: string | undefined, wrong: Wrong): Omit<EtcdUrl, 'scheme' | 'tls'> {
  const { path, ...servers } = readServers(url, { defaultPort: 2379, wrong })
  const params = new URLSearchParams(query)
  const files: Record<string, string> = {}
  for (const name of ETCD_FILES) {
    const file = params.get(name)
    if (file !== null) files[name] = file
    params.delete(name)
  }
  if (Object.keys(files).length > 0 && !url.startsWith('etcds:'))
    throw wrong('has files for TLS; write etcds:// for it')
  const options = readOptions(params.toString(), ETCD_OPTIONS, wrong)
  return { ...servers, root: path.replace(/\/+$/, ''), files, options }
}

function readRedis(url: string, query: string | undefined, wrong: Wrong): Omit<RedisUrl, 'scheme' | 'tls'> {
  const { path, ...servers } = readServers(url, { defaultPort: 6379, wrong })
  const db = /^\/?(\d{0,4})$/.exec(path)?.[1]
  if (db === undefined) throw wrong('has a path that is no number of a database; write the root as ?root=my-root')
  const params = new URLSearchParams(query)
  const root = params.get('root')
  params.delete('root')
  const options = readOptions(params.toString(), REDIS_OPTIONS, wrong)
  return { ...servers, ...(root === null ? {} : { root }), db: Number(db), options }
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
