import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/**
 * The names in the certificate that the other end has proved to have and that an authority of ours has signed: its subject
 * alternative names (RFC 5280, 4.2.1.6: hosts, URIs such as SPIFFE's, addresses, mail), then its common name. Else none.
 */
export function certifiedNames(socket: Socket): readonly string[] {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return []
  const { subject, subjectaltname = '' } = socket.getPeerCertificate()
  const common: string | readonly string[] = subject?.CN ?? []
  return [...new Set([...alternativeNames(subjectaltname), ...[common].flat()])]
}

/** Of the text that Node makes of them: `DNS:shop, URI:spiffe://shop`, with odd values as JSON strings. */
export function alternativeNames(text: string): readonly string[] {
  const names: string[] = []
  for (const [, quoted, plain] of text.matchAll(NAME)) {
    const name = quoted === undefined ? plain : unquoted(quoted)
    if (name !== undefined && name !== '') names.push(name)
  }
  return names
}

const NAME = /(?:^|, )(?:DNS|URI|IP Address|email):(?:("(?:[^"\\]|\\.)*")|([^,]*))(?=, |$)/g

function unquoted(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
