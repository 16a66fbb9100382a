import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sleep, systemClock, uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'

/** A real ZooKeeper on loopback, from Debian's package. */
export interface ZookeeperServer {
  readonly port: number
  /** Whether somebody else runs it: then it cannot be killed, frozen or asked by `zkCli.sh`. */
  readonly borrowed: boolean
  /** A registry's URL below `root`, which begins with "/". Default: a fresh one each time. */
  url(root?: string): string
  /** `zkCli.sh -server localhost:2181` for this server, in words of a shell. */
  readonly zkCliCommand: string
  /** What `zkCli.sh` answers to this one command. Rejects when it fails. */
  zkCli(...args: readonly string[]): Promise<string>
  /** What it answers to one of ZooKeeper's words of four letters, e.g. `srvr` or `mntr`. */
  ask(word: string): Promise<string>
  /** `kill -9`. Its data stay. */
  kill(): Promise<void>
  /** Starts it again on the same port, without its data if `wipe`. */
  restart(options?: { readonly wipe?: boolean }): Promise<void>
  /** Freezes it in the middle of its work; `resume` thaws it. */
  pause(): void
  resume(): void
  /** Ends it, by force if need be, and removes its data. */
  stop(): Promise<void>
}

const JAR = '/usr/share/java/zookeeper.jar'
const ZK_CLI = '/usr/share/zookeeper/bin/zkCli.sh'
const JAVA_FLAGS = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const READY_MS = 15_000
const PROBE_MS = 1_000
const STOP_MS = 2_000

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
  const port = await freePort()
  await writeFile(join(dir, 'zoo.cfg'), configText(dir, port))
  let running = await launch(dir, port)
  const signal = (name: NodeJS.Signals): void => void running.java.kill(name)

  const kill = async (): Promise<void> => {
    const { java, guard } = running
    guard.kill('SIGKILL')
    if (java.exitCode !== null || java.signalCode !== null) return
    const exit = once(java, 'exit')
    signal('SIGCONT')
    signal('SIGKILL')
    await exit
  }
  return {
    port,
    borrowed: false,
    url: (root = `/test-${uniqueId()}`) => `zookeeper://127.0.0.1:${port}${root}`,
    zkCliCommand: zkCliCommand(`127.0.0.1:${port}`).join(' '),
    zkCli: (...args) => zkCli(`127.0.0.1:${port}`, args),
    ask: (word) => ask(port, word),
    kill,
    async restart({ wipe = false } = {}) {
      await kill()
      if (wipe) await rm(join(dir, 'version-2'), { recursive: true, force: true })
      running = await launch(dir, port)
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async stop() {
      const exit = once(running.java, 'exit')
      signal('SIGCONT')
      signal('SIGTERM')
      await Promise.race([exit, sleep(systemClock, STOP_MS)])
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

interface Running {
  readonly java: ChildProcess
  readonly guard: ChildProcess
}

async function launch(dir: string, port: number): Promise<Running> {
  const args = [...JAVA_FLAGS, '-cp', JAR, 'org.apache.zookeeper.server.quorum.QuorumPeerMain', join(dir, 'zoo.cfg')]
  const java = spawn('java', args, { stdio: 'ignore' })
  const guard = guardOf(java, dir)
  try {
    await eventually(() => probe(port), { withinMs: READY_MS, everyMs: 50 })
  } catch (cause) {
    guard.kill('SIGKILL')
    java.kill('SIGKILL')
    throw new Error(`ZooKeeper did not get ready on port ${port} within ${READY_MS} ms`, { cause })
  }
  return { java, guard }
}

/** Ends the server should this process die without a word: its standard input ends with us. */
function guardOf(java: ChildProcess, dir: string): ChildProcess {
  const script = 'cat > /dev/null; kill -9 "$0"; rm -rf "$1"'
  const guard = spawn('sh', ['-c', script, String(java.pid), dir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return guard
}

/** Rejects until it serves: `ruok` is answered before that. */
async function probe(port: number): Promise<void> {
  const answer = await ask(port, 'srvr')
  if (!answer.includes('Mode: ')) throw new Error(`answer ${JSON.stringify(answer)} to "srvr"`)
}

/** A server was once seen never to answer: hence the time-out. */
async function ask(port: number, word: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(PROBE_MS, () => socket.destroy(new Error(`no answer to "${word}"`)))
  socket.end(word)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error(`no port in ${address}`)
  return address.port
}

const configText = (dir: string, port: number): string => `tickTime=500
dataDir=${dir}
clientPort=${port}
clientPortAddress=127.0.0.1
admin.enableServer=false
4lw.commands.whitelist=*
minSessionTimeout=1000
maxClientCnxns=0
`

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
