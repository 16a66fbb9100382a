import { readPort, refuseHost, splitAddress } from './address.ts'
import { printable } from './printable.ts'

/** The part of a URL that says where servers are, and who asks them. */
export interface ServersUrl {
  /** `host:port`, several with "," between. */
  readonly servers: string
  readonly username?: string
  readonly password?: string
  /** Without its escapes; empty, or beginning with "/". */
  readonly path: string
}

/** Makes the error that says what is wrong with a URL, without its credentials. */
export type Wrong = (what: string) => TypeError

/** Reads `scheme://user:password@host:port,host:port/path?query`: all but scheme and hosts may be absent. */
export function readServers(url: string, { defaultPort, wrong }: { defaultPort: number; wrong: Wrong }): ServersUrl {
  const [, authority = '', path = ''] = /^[^:]*:\/\/([^/?]*)(\/[^?]*)?/s.exec(url) ?? []
  // Else a part of a password that is not escaped would be taken for a port, and be shown.
  if (url.replace(/^[^:]*:\/\/[^/?]*/s, '').includes('@')) {
    throw wrong('has an "@" behind a "/" or "?"; write %40 for "@", and in a password %2F for "/" and %3F for "?"')
  }
  const at = authority.lastIndexOf('@')
  const hosts = authority.slice(at + 1)
  if (hosts === '') throw wrong('names no host')
  const servers = hosts.split(',').map((server) => readServer(server, defaultPort, wrong))
  return {
    servers: servers.join(),
    path: unescaped(path, wrong),
    ...readUser(authority.slice(0, Math.max(at, 0)), wrong),
  }
}

/** Text of a URL without its escapes. */
export function unescaped(text: string, wrong: Wrong): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('has a "%" that begins no escape; write it as %25')
  }
}

function readUser(text: string, wrong: Wrong): { username?: string; password?: string } {
  const [, user = '', password = ''] = /^([^:]*):?(.*)$/s.exec(text) ?? []
  return {
    ...(user === '' ? {} : { username: unescaped(user, wrong) }),
    ...(password === '' ? {} : { password: unescaped(password, wrong) }),
  }
}

function readServer(text: string, defaultPort: number, wrong: Wrong): string {
  const { host, port = String(defaultPort) } = splitAddress(text)
  const refusal = refuseHost(host, true)
  if (refusal !== undefined) throw wrong(`names the host ${printable(host)}, which ${refusal}`)
  if (readPort(port) === undefined) throw wrong(`names the port ${printable(port)}, which is no number from 1 to 65535`)
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
