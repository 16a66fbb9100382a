import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { sleep, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'

/** The process of one ZooKeeper server, alone or of an ensemble. */
export interface ZookeeperProcess {
  readonly port: number
  /** What it answers to one of ZooKeeper's words of four letters, e.g. `srvr` or `mntr`. */
  ask(word: string): Promise<string>
  /** `kill -9`. Its data stay. */
  kill(): Promise<void>
  /** Starts it again on the same port, without its data if `wipe`. Resolves once it serves. */
  restart(options?: { readonly wipe?: boolean }): Promise<void>
  /** Freezes it in the middle of its work; `resume` thaws it. */
  pause(): void
  resume(): void
  /** Ends it, by force if need be, and removes its data. */
  stop(): Promise<void>
}

/** The program, from Debian's package. */
export const JAR = '/usr/share/java/zookeeper.jar'
const JAVA_FLAGS = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
const READY_MS = 15_000
const PROBE_MS = 1_000
const STOP_MS = 2_000

/** Starts a server in a folder of its own, and resolves once it serves. `more` lines go into its configuration. */
export async function startZookeeperProcess(dir: string, port: number, more = ''): Promise<ZookeeperProcess> {
  await writeFile(join(dir, 'zoo.cfg'), configText(dir, port) + more)
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

/** Asks a server one word. One was once seen never to answer: hence the time-out. */
export async function ask(port: number, word: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(PROBE_MS, () => socket.destroy(new Error(`no answer to "${word}"`)))
  socket.end(word)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}

/** A port of loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error(`no port in ${address}`)
  return address.port
}

const configText = (dir: string, port: number): string => `tickTime=200
dataDir=${dir}
clientPort=${port}
clientPortAddress=127.0.0.1
admin.enableServer=false
4lw.commands.whitelist=*
minSessionTimeout=1000
maxSessionTimeout=60000
maxClientCnxns=0
`
