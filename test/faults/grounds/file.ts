import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Ground } from './ground.ts'

const TTL_MS = 3_000
const run = promisify(execFile)

/** A folder; on a disk of its own where that can be made, which can then be made read-only. */
export async function fileGround(): Promise<Ground> {
  const dir = await mkdtemp(join(tmpdir(), 'kumquat-faults-'))
  const isMounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'kumquat-faults', dir]).then(
    () => true,
    () => false,
  )
  const remount = (how: string): Promise<unknown> => run('mount', ['-o', `remount,${how}`, dir])
  return {
    name: 'file',
    ttlMs: TTL_MS,
    trials: ['faults', 'random'],
    url: (root) => `file:${dir}/${root}?leaseMs=${TTL_MS}`,
    ...(isMounted && {
      async refuseWrites() {
        await remount('ro')
        return { [Symbol.asyncDispose]: async () => void (await remount('rw')) }
      },
    }),
    async [Symbol.asyncDispose]() {
      if (isMounted) await run('umount', ['-l', dir])
      await rm(dir, { recursive: true, force: true })
    },
  }
}
