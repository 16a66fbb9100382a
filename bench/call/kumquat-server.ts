import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { method, provider, service } from '@kumquat/rpc'
import { type Item, itemOf } from './work.ts'

@service({ app: 'bench', group: 'items' })
export class Items {
  @method({ idempotent: true })
  getItem(id: number): Item {
    return itemOf(id)
  }
}

const dir = mkdtempSync(join(tmpdir(), 'kumquat-bench-'))
const registry = `file:${dir}`
const running = await provider({ registry, services: [new Items()], host: '127.0.0.1' })
process.send?.(registry)
process.once('disconnect', () => void running.stop().finally(() => rm(dir, { recursive: true, force: true })))
