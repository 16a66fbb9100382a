import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sleep, systemClock, uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'

/** A real etcd on loopback, from Debian's package. */
export interface EtcdServer {
  readonly port: number
  /** A registry's URL below `root`, which begins with "/". Default: a fresh one each time. */
  url(root?: string): string
  /** `etcdctl` for this server, in words of a shell. */
  readonly etcdctlCommand: string
  /** What `etcdctl` answers to this one command. Rejects when it fails, or is not installed. */
  etcdctl(...args: readonly string[]): Promise<string>
  /** What it answers to a POST of JSON at this path of its gateway, e.g. `/v3/kv/compaction`. */
  ask(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<unknown>
  /** Its certificate, which it has signed itself. Rejects unless it was started with `tls`. */
  certificate(): Promise<string>
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

export interface EtcdServerOptions {
  /** Speaks TLS, with a certificate that it makes itself. Default false. */
  readonly tls?: boolean
  /** Further flags, e.g. `--max-request-bytes=20000000`. */
  readonly flags?: readonly string[]
}

const ETCD = '/usr/bin/etcd'
const READY_MS = 15_000
const PROBE_MS = 1_000
const STOP_MS = 2_000

/** For a `before` hook: starts a server, or skips the tests of the suite where none can be had; with `CI=true` that is a failure. */
export async function etcdOrSkip(context: Mocha.Context, options: EtcdServerOptions = {}): Promise<EtcdServer> {
  if (existsSync(ETCD)) return startEtcd(options)
  if (process.env['CI'] === 'true') throw new Error(`no etcd: ${ETCD} is missing; apt-get install etcd-server`)
  return context.skip()
}

/** Starts a server. Its leases live for 2 s at least. */
export async function startEtcd({ tls = false, flags: more = [] }: EtcdServerOptions = {}): Promise<EtcdServer> {
  const dir = await mkdtemp(join(tmpdir(), 'kumquat-etcd-'))
  const [port, peerPort] = [await freePort(), await freePort()]
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`
  const flags = [...flagsOf(join(dir, 'data'), origin, peerPort, tls), ...more]
  let running = await launch(dir, origin, flags)
  const signal = (name: NodeJS.Signals): void => void running.etcd.kill(name)

  const kill = async (): Promise<void> => {
    const { etcd, guard } = running
    guard.kill('SIGKILL')
    if (etcd.exitCode !== null || etcd.signalCode !== null) return
    const exit = once(etcd, 'exit')
    signal('SIGCONT')
    signal('SIGKILL')
    await exit
  }
  return {
    port,
    url: (root = `/test-${uniqueId()}`) => `etcd${tls ? 's' : ''}://127.0.0.1:${port}${root}`,
    etcdctlCommand: `ETCDCTL_API=3 etcdctl --endpoints ${origin}`,
    etcdctl: (...args) => etcdctl(origin, args),
    ask: (path, body, headers) => ask(origin + path, body, headers),
    certificate: () => readFile(join(dir, 'data', 'fixtures', 'client', 'cert.pem'), 'utf8'),
    kill,
    async restart({ wipe = false } = {}) {
      await kill()
      if (wipe) await rm(join(dir, 'data'), { recursive: true, force: true })
      running = await launch(dir, origin, flags)
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async stop() {
      const exit = once(running.etcd, 'exit')
      signal('SIGCONT')
      signal('SIGTERM')
      await Promise.race([exit, sleep(systemClock, STOP_MS)])
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

interface Running {
  readonly etcd: ChildProcess
  readonly guard: ChildProcess
}

async function launch(dir: string, origin: string, flags: readonly string[]): Promise<Running> {
  const etcd = spawn(ETCD, flags, { stdio: 'ignore' })
  const guard = guardOf(etcd, dir)
  try {
    await eventually(() => probe(`${origin}/health`), { withinMs: READY_MS, everyMs: 50 })
  } catch (cause) {
    guard.kill('SIGKILL')
    etcd.kill('SIGKILL')
    throw new Error(`etcd did not get ready at ${origin} within ${READY_MS} ms`, { cause })
  }
  return { etcd, guard }
}

/** Ends the server should this process die without a word: its standard input ends with us. */
function guardOf(etcd: ChildProcess, dir: string): ChildProcess {
  const script = 'cat > /dev/null; kill -9 "$0"; rm -rf "$1"'
  const guard = spawn('sh', ['-c', script, String(etcd.pid), dir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return guard
}

async function probe(url: string): Promise<void> {
  const get = url.startsWith('https:') ? getHttps : getHttp
  const request = get(url, { timeout: PROBE_MS, agent: false, rejectUnauthorized: false })
  request.on('timeout', () => request.destroy(new Error('no answer to "/health"')))
  const [response] = await once(request, 'response')
  let answer = ''
  for await (const chunk of response) answer += chunk
  if (!answer.includes('"true"')) throw new Error(`answer ${JSON.stringify(answer)} to "/health"`)
}

async function ask(url: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${answer}`)
  return JSON.parse(answer)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error(`no port in ${address}`)
  return address.port
}

function flagsOf(dataDir: string, origin: string, peerPort: number, tls: boolean): readonly string[] {
  const peer = `http://127.0.0.1:${peerPort}`
  return [
    ...['--name', 'n1', '--data-dir', dataDir, '--logger', 'zap', '--log-level', 'error', '--unsafe-no-fsync'],
    ...['--listen-client-urls', origin, '--advertise-client-urls', origin],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `n1=${peer}`],
    ...(tls ? ['--auto-tls'] : []),
  ]
}

async function etcdctl(origin: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ETCDCTL_API: '3' }
  const { stdout } = await promisify(execFile)('etcdctl', ['--endpoints', origin, ...args], { env, timeout: 30_000 })
  return stdout.trim()
}
