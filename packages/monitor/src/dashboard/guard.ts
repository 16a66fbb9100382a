import { createHash, timingSafeEqual } from 'node:crypto'

/** Shortest token taken. */
const MIN_TOKEN = 16

/** The name of the cookie that stands for a token once shown. */
export const COOKIE = 'kumquat_token'

export interface GuardOptions {
  /** The address that is listened on. */
  readonly host: string
  readonly token?: string | undefined
}

/** The part of a request that decides whether it may come in. */
export interface Visitor {
  readonly method: string
  readonly host: string | undefined
  readonly authorization: string | undefined
  readonly cookie: string | undefined
}

export interface Refusal {
  readonly status: 401 | 403 | 405
  readonly message: string
}

/** Decides who may see the dashboard. */
export interface Guard {
  /** Why a request is turned away, if it is. */
  refuse(visitor: Visitor): Refusal | undefined
  /** The cookie for whoever shows the token, `undefined` for a wrong one. */
  cookieFor(token: string): string | undefined
}

/**
 * On a loopback address anybody of this machine may look, and only under a loopback name: a page of elsewhere whose name was
 * made to point here would otherwise read along. On any other address a token is asked for. Throws `TypeError` if there is
 * none, or a short one.
 */
export function guard({ host, token }: GuardOptions): Guard {
  if (token !== undefined && token.length < MIN_TOKEN) {
    throw new TypeError(`the dashboard's token has ${token.length} characters: give it ${MIN_TOKEN} or more`)
  }
  if (token === undefined && !isLoopback(host)) {
    throw new TypeError(
      `the dashboard would be open to everybody who reaches ${JSON.stringify(host)}: set a token, or listen on 127.0.0.1`,
    )
  }
  const secret = token === undefined ? undefined : digest(token)
  return {
    refuse({ method, host: asked, authorization, cookie }) {
      if (method !== 'GET') return { status: 405, message: `${method} is not for the dashboard: it only answers GET\n` }
      if (isLoopback(host) && !isLoopback(nameOf(asked))) {
        return { status: 403, message: `the dashboard listens on ${host} and does not answer to that host name\n` }
      }
      if (secret === undefined) return undefined
      const shown = bearerOf(authorization)
      if (shown !== undefined && same(digest(shown), secret)) return undefined
      if (same(cookieOf(cookie), secret)) return undefined
      return { status: 401, message: 'open /?token=… once, or send the header "authorization: Bearer …"\n' }
    },
    cookieFor(shown) {
      if (secret === undefined || !same(digest(shown), secret)) return undefined
      return `${COOKIE}=${secret}; HttpOnly; SameSite=Strict; Path=/`
    },
  }
}

/** Whether a host name or address, without a port, is this machine's own. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

const nameOf = (host = ''): string => host.replace(/:\d+$/, '')

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

const bearerOf = (authorization = ''): string | undefined => /^Bearer (.+)$/i.exec(authorization)?.[1]

const cookieOf = (cookie = ''): string => new RegExp(`(?:^|; ?)${COOKIE}=([0-9a-f]{64})(?:;|$)`).exec(cookie)?.[1] ?? ''
