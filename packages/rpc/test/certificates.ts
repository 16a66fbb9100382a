import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const openssl = promisify(execFile)

/** Paths of a certificate and its key. */
export interface Pair {
  readonly cert: string
  readonly key: string
}

/** An authority of these tests, in a folder that goes with it. */
export interface Authority extends AsyncDisposable {
  readonly folder: string
  /** Path of its own certificate. */
  readonly ca: string
  /** Signs a certificate; `names` as openssl writes them, `DNS:a,IP:127.0.0.1`. */
  issue(commonName: string, names: string): Promise<Pair>
}

export async function authority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'kumquat-tls-'))
  const run = (...args: readonly string[]): Promise<unknown> => openssl('openssl', [...args], { cwd: folder })
  const request = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await run(...request, '-x509', '-days', '2', '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.pem')
  let issued = 0
  return {
    folder,
    ca: join(folder, 'ca.pem'),
    async issue(commonName, names) {
      const name = `leaf-${++issued}`
      await run(...request, '-subj', `/CN=${commonName}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
      await writeFile(join(folder, `${name}.ext`), `subjectAltName=${names}\n`)
      const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2']
      await run('x509', '-req', '-in', `${name}.csr`, ...signing, '-extfile', `${name}.ext`, '-out', `${name}.pem`)
      return { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
