import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sleep, systemClock, uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'

/** A real Redis on loopback, from Debian's package. It keeps its data only where it is told to. */
export interface RedisServer {
  readonly port: number
  /** A registry's URL with the root of that name. Default: a fresh one each time. */
  url(root?: string): string
  /** What `redis-cli` answers to this one command. Rejects when it fails. */
  cli(...args: readonly string[]): Promise<string>
  /** `redis-cli -p 6379` for this server, in words of a shell. */
  readonly cliCommand: string
  /** `kill -9`. What it has not written is gone. */
  kill(): Promise<void>
  /** Starts it again on the same port, without its data if `wipe`. */
  restart(options?: { readonly wipe?: boolean }): Promise<void>
  /** Freezes it in the middle of its work; `resume` thaws it. */
  pause(): void
  resume(): void
  /** Ends it, by force if need be, and removes its data. */
  stop(): Promise<void>
}

const SERVER = '/usr/bin/redis-server'
const CLI = '/usr/bin/redis-cli'
const READY_MS = 15_000
const STOP_MS = 2_000

/** For a `before` hook: starts a server, or skips the tests of the suite where there is none; with `CI=true` that is a failure. */
export async function redisOrSkip(context: Mocha.Context, flags: readonly string[] = []): Promise<RedisServer> {
  const { CI } = process.env
  if (existsSync(SERVER)) return startRedis(flags)
  if (CI === 'true') throw new Error(`no Redis: ${SERVER} is missing; apt-get install redis-server`)
  return context.skip()
}

/**
 * Starts a server; `flags` are settings of Redis, one word each. With `--appendonly yes --appendfsync no` its data outlive
 * `kill`: were it to sync them by itself, its last writes would wait for that.
 */
export async function startRedis(flags: readonly string[] = []): Promise<RedisServer> {
  const dir = await mkdtemp(join(tmpdir(), 'kumquat-redis-'))
  const port = await freePort()
  let running = await launch(dir, port, flags)
  const signal = (name: NodeJS.Signals): void => void running.redis.kill(name)

  const kill = async (): Promise<void> => {
    const { redis, guard } = running
    guard.kill('SIGKILL')
    if (redis.exitCode !== null || redis.signalCode !== null) return
    const exit = once(redis, 'exit')
    signal('SIGCONT')
    signal('SIGKILL')
    await exit
  }
  return {
    port,
    url: (root = `test-${uniqueId()}`) => `redis://127.0.0.1:${port}/0?root=${root}`,
    cliCommand: `${CLI} -p ${port}`,
    async cli(...args) {
      const { stdout } = await promisify(execFile)(CLI, ['-p', String(port), '-e', ...args], { timeout: 30_000 })
      return stdout.trim()
    },
    kill,
    async restart({ wipe = false } = {}) {
      await kill()
      if (wipe) await rm(join(dir, 'appendonlydir'), { recursive: true, force: true })
      running = await launch(dir, port, flags)
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    async stop() {
      const { redis } = running
      const exit = once(redis, 'exit')
      signal('SIGCONT')
      signal('SIGTERM')
      if (redis.exitCode === null && redis.signalCode === null) await Promise.race([exit, sleep(systemClock, STOP_MS)])
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

interface Running {
  readonly redis: ChildProcess
  readonly guard: ChildProcess
}

async function launch(dir: string, port: number, flags: readonly string[]): Promise<Running> {
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir]
  const redis = spawn(SERVER, [...place, '--save', '', ...flags], { stdio: 'ignore' })
  const guard = guardOf(redis, dir)
  try {
    await eventually(() => probe(port), { withinMs: READY_MS, everyMs: 20 })
  } catch (cause) {
    guard.kill('SIGKILL')
    redis.kill('SIGKILL')
    throw new Error(`Redis did not get ready on port ${port} within ${READY_MS} ms`, { cause })
  }
  return { redis, guard }
}

/** Ends the server should this process die without a word: its standard input ends with us. */
function guardOf(redis: ChildProcess, dir: string): ChildProcess {
  const script = 'cat > /dev/null; kill -9 "$0"; rm -rf "$1"'
  const guard = spawn('sh', ['-c', script, String(redis.pid), dir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return guard
}

/** An answer, if only that a password is needed. */
async function probe(port: number): Promise<void> {
  const { stdout } = await promisify(execFile)(CLI, ['-p', String(port), 'ping'], { timeout: 2_000 })
  if (!/PONG|NOAUTH/.test(stdout)) throw new Error(`answer ${JSON.stringify(stdout)} to "ping"`)
}

/** A port of loopback that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error(`no port in ${address}`)
  return address.port
}
