import { readFile } from 'node:fs/promises'
import type { EtcdTls } from './http.ts'

/** The files of `EtcdTls`; each may be left out. */
export interface PemFiles {
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
}

/** Reads certificates and key. Rejects with `TypeError` that names the file that cannot be read. */
export async function readPems({ caFile, certFile, keyFile }: PemFiles): Promise<EtcdTls> {
  const [ca, cert, key] = await Promise.all([
    read('caFile', caFile),
    read('certFile', certFile),
    read('keyFile', keyFile),
  ])
  return { ...ca, ...cert, ...key }
}

async function read(name: keyof PemFiles, path: string | undefined): Promise<EtcdTls> {
  if (path === undefined) return {}
  try {
    return { [name.replace('File', '')]: await readFile(path, 'utf8') }
  } catch (cause) {
    throw new TypeError(`${name} ${JSON.stringify(path)} cannot be read; name a file in PEM`, { cause })
  }
}
