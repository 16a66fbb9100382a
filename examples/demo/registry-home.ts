import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where the demo's registry is. Disposing it removes what was made for the demo. */
export interface RegistryHome extends AsyncDisposable {
  readonly url: string
  /** The same in no time, for a process that has none left. */
  removeNow(): void
}

/** The registry at `url`, or a file registry in a temporary folder. */
export async function registryHome(url: string | undefined): Promise<RegistryHome> {
  if (url !== undefined) return { url, removeNow() {}, async [Symbol.asyncDispose]() {} }
  const folder = await mkdtemp(join(tmpdir(), 'kumquat-demo-'))
  return {
    url: `file:${folder}`,
    removeNow: () => rmSync(folder, { recursive: true, force: true }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
