import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { ROOT } from './checkout.mjs'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program to its end, in the process group of its caller, and passes on the signals that arrive meanwhile.
 * Resolves with its exit status, 128 + n after signal n. Rejects when it cannot be started.
 */
export async function run(command, args, options = {}) {
  const { status } = await ended(spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options }))
  return status
}

/** Runs a step of a longer way, stdout on stderr. Resolves with its exit status; a signal ends the whole way. */
export async function runAside(command, args, options = {}) {
  const { status, stoppedBy } = await ended(spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options }))
  if (stoppedBy !== undefined) process.exit(128 + constants.signals[stoppedBy])
  return status
}

/** The same in silence: resolves with `{ status, output }`, output being stdout and stderr as they came. */
export async function runQuietly(command, args, options = {}) {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], ...options })
  const chunks = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk))
  const { status, stoppedBy } = await ended(child)
  if (stoppedBy !== undefined) process.exit(128 + constants.signals[stoppedBy])
  return { status, output: Buffer.concat(chunks).toString() }
}

function ended(child) {
  let stoppedBy
  const passOn = (signal) => {
    stoppedBy = signal
    child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, passOn)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ status: code ?? 128 + constants.signals[signal], stoppedBy }))
  }).finally(() => {
    for (const signal of SIGNALS) process.off(signal, passOn)
  })
}
