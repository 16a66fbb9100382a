import { existsSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { freePort, JAR, startZookeeperProcess, type ZookeeperProcess } from './zookeeper-process.ts'

/** Three real ZooKeepers on loopback that elect a leader. */
export interface ZookeeperEnsemble {
  readonly members: readonly ZookeeperProcess[]
  /** A registry's URL that names them all. Default: a fresh root each time. */
  url(root?: string): string
  /** The member that leads now; waits for an election. */
  leader(): Promise<ZookeeperProcess>
  stop(): Promise<void>
}

const MEMBERS = [1, 2, 3]
const ELECTION_MS = 20_000

/** For a `before` hook: starts an ensemble, or skips the tests of the suite where none can be had; with `CI=true` that fails. */
export async function ensembleOrSkip(context: Mocha.Context): Promise<ZookeeperEnsemble> {
  const { CI } = process.env
  if (existsSync(JAR)) return startZookeeperEnsemble()
  if (CI === 'true') throw new Error(`no ZooKeeper: ${JAR} is missing; apt-get install zookeeper`)
  return context.skip()
}

/** Starts an ensemble that elects another leader two seconds after one fell silent. */
export async function startZookeeperEnsemble(): Promise<ZookeeperEnsemble> {
  const ports = await Promise.all(MEMBERS.map(async (id) => ({ id, peers: await freePort(), votes: await freePort() })))
  const lines = ports.map(({ id, peers, votes }) => `server.${id}=127.0.0.1:${peers}:${votes}\n`)
  const config = `initLimit=25\nsyncLimit=10\n${lines.join('')}`
  const members = await Promise.all(
    MEMBERS.map(async (id) => {
      const dir = await mkdtemp(join(tmpdir(), 'kumquat-zookeeper-'))
      await writeFile(join(dir, 'myid'), `${id}\n`)
      return startZookeeperProcess(dir, await freePort(), config)
    }),
  )
  const hosts = members.map(({ port }) => `127.0.0.1:${port}`).join()
  return {
    members,
    url: (root = `/test-${uniqueId()}`) => `zookeeper://${hosts}${root}`,
    leader: () => eventually(() => leaderOf(members), { withinMs: ELECTION_MS, everyMs: 100 }),
    async stop() {
      await Promise.all(members.map((member) => member.stop()))
    },
  }
}

/** A member that is frozen or dead answers nothing, and leads nobody. */
async function leaderOf(members: readonly ZookeeperProcess[]): Promise<ZookeeperProcess> {
  const modes = await Promise.all(members.map((member) => member.ask('srvr').catch(() => '')))
  const leader = members.find((_, i) => modes[i]?.includes('Mode: leader'))
  if (!leader) throw new Error(`nobody leads the ZooKeepers at ${members.map(({ port }) => port).join()}`)
  return leader
}
