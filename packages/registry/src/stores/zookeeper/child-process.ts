import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromChild, ToChild } from './protocol.ts'

export interface ChildListener {
  heard(message: FromChild): void
  /** It has ended, for the reason given. Nothing is heard of it any more. */
  gone(why: string): void
}

/** A forked process that speaks our protocol. It does not keep this one alive, and does not outlive it. */
export interface Child {
  say(message: ToChild): void
  /** Ends it by force. */
  kill(): void
}

const MAIN = `./child/main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`

export function startChild(listener: ChildListener): Child {
  const child = fork(fileURLToPath(new URL(MAIN, import.meta.url)), [], {
    execArgv: [...loadingFlags(process.execArgv)],
    // A process group of its own: who kills our whole group leaves it the moment that it needs to close the session.
    detached: true,
    // The client in C is not to write on the user's terminal.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.unref()
  child.channel?.unref()

  let ended = false
  const end = (why: string): void => {
    if (ended) return
    ended = true
    listener.gone(why)
  }
  child.on('message', (message: FromChild) => ended || listener.heard(message))
  child.on('exit', (code, signal) => end(signal ? `was ended by ${signal}` : `ended with exit code ${code}`))
  child.on('error', (error) => {
    // It never began, or it cannot be spoken to; then its end is on its way.
    if (child.pid === undefined) end(`could not be started: ${error.message}`)
    else child.kill('SIGKILL')
  })
  return {
    // What cannot be sent any more is answered by its end.
    say: (message) => void (child.connected && child.send(message, () => {})),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** Those flags by which modules are found and loaded, with their values: the child runs from source where we do. */
export function loadingFlags(flags: readonly string[]): readonly string[] {
  const kept: string[] = []
  for (const [i, flag] of flags.entries()) {
    if (!LOADING.test(flag)) continue
    const value = flags[i + 1]
    kept.push(flag, ...(flag.includes('=') || value === undefined ? [] : [value]))
  }
  return kept
}

const LOADING = /^(?:--import|--require|-r|--loader|--experimental-loader|--conditions|-C)(?:=|$)/
