import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@kumquat/core'
import { file } from '@kumquat/registry'
import { storeContract } from '@kumquat/registry/contract'

storeContract({
  name: 'file store',
  describe,
  it,
  async prepare() {
    const parent = await mkdtemp(join(tmpdir(), 'kumquat-'))
    const dir = join(parent, 'registry')
    const stores: Store[] = []
    return {
      async open(options) {
        const store = file({ dir, ...options })
        stores.push(store)
        return store
      },
      async expire() {
        const sessions = join(dir, '.sessions')
        for (const session of await readdir(sessions)) await rm(join(sessions, session))
      },
      async cut() {
        await rename(dir, `${dir}-away`)
        await writeFile(dir, 'in the way')
      },
      async mend() {
        await rm(dir)
        await rename(`${dir}-away`, dir)
      },
      async [Symbol.asyncDispose]() {
        for (const store of stores) await store[Symbol.asyncDispose]()
        await rm(parent, { recursive: true })
      },
    }
  },
})
