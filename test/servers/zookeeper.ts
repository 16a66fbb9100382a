import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { uniqueId } from '@kumquat/core'
import { ask, freePort, JAR, startZookeeperProcess, type ZookeeperProcess } from './zookeeper-process.ts'

/** A real ZooKeeper on loopback, from Debian's package. */
export interface ZookeeperServer extends ZookeeperProcess {
  /** Whether somebody else runs it: then it cannot be killed, frozen or asked by `zkCli.sh`. */
  readonly borrowed: boolean
  /** A registry's URL below `root`, which begins with "/". Default: a fresh one each time. */
  url(root?: string): string
  /** `zkCli.sh -server localhost:2181` for this server, in words of a shell. */
  readonly zkCliCommand: string
  /** What `zkCli.sh` answers to this one command. Rejects when it fails. */
  zkCli(...args: readonly string[]): Promise<string>
}

const ZK_CLI = '/usr/share/zookeeper/bin/zkCli.sh'

/**
 * For a `before` hook: starts a server, or skips the tests of the suite where none can be had; with `CI=true` that is a
 * failure. Without Debian's package, the server that `KUMQUAT_TEST_ZOOKEEPER` names (`zookeeper://host:port`) is taken by
 * suites that say that it may be borrowed.
 */
export async function serverOrSkip(
  context: Mocha.Context,
  { mayBeBorrowed = false }: { readonly mayBeBorrowed?: boolean } = {},
): Promise<ZookeeperServer> {
  const { CI, KUMQUAT_TEST_ZOOKEEPER: borrowed } = process.env
  if (existsSync(JAR)) return startZookeeper()
  if (mayBeBorrowed && borrowed) return borrow(borrowed)
  if (CI === 'true') throw new Error(`no ZooKeeper: ${JAR} is missing; apt-get install zookeeper`)
  return context.skip()
}

/** Starts a server whose sessions may be as short as 1 s. */
export async function startZookeeper(): Promise<ZookeeperServer> {
  const dir = await mkdtemp(join(tmpdir(), 'kumquat-zookeeper-'))
  const running = await startZookeeperProcess(dir, await freePort())
  const server = `127.0.0.1:${running.port}`
  return {
    ...running,
    borrowed: false,
    url: (root = `/test-${uniqueId()}`) => `zookeeper://${server}${root}`,
    zkCliCommand: zkCliCommand(server).join(' '),
    zkCli: (...args) => zkCli(server, args),
  }
}

const zkCliCommand = (server: string): readonly [string, ...string[]] => [
  ZK_CLI,
  '-waitforconnection',
  '-server',
  server,
]

async function zkCli(server: string, args: readonly string[]): Promise<string> {
  const [program, ...flags] = zkCliCommand(server)
  const { stdout } = await promisify(execFile)(program, [...flags, ...args], { timeout: 30_000 })
  return stdout.replace(/^.*?WatchedEvent[^\n]*\n/s, '').trim()
}

function borrow(url: string): ZookeeperServer {
  const { host, port } = new URL(url.replace(/^zookeeper:/, 'http:'))
  const refuse = (): never => {
    throw new Error(`the server at ${host} is borrowed: it can only be used`)
  }
  return {
    port: Number(port),
    borrowed: true,
    url: (root = `/test-${uniqueId()}`) => `zookeeper://${host}${root}`,
    zkCliCommand: 'false',
    zkCli: async () => refuse(),
    ask: (word) => ask(Number(port), word),
    kill: async () => refuse(),
    restart: async () => refuse(),
    pause: refuse,
    resume: refuse,
    stop: async () => {},
  }
}
