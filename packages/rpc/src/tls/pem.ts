import { readFileSync } from 'node:fs'

/** A PEM text itself, or that of the file it names. Throws `TypeError` naming the option and the file. */
export function pem(option: string, textOrPath: string): string {
  if (textOrPath.includes('-----BEGIN ')) return textOrPath
  try {
    const text = readFileSync(textOrPath, 'utf8')
    if (text.includes('-----BEGIN ')) return text
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TypeError(`tls.${option} is neither PEM nor a file that can be read: ${reason}`, { cause })
  }
  throw new TypeError(
    `tls.${option} names ${JSON.stringify(textOrPath)}, which holds no PEM: no "-----BEGIN " is in it`,
  )
}
