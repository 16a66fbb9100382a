import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { errnoOf } from './io-error.ts'

/** Names one process for as long as its machine is up, whatever becomes of its pid. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in ticks since the boot; empty where the system does not tell. */
  readonly startedAt: string
  /** Within which its pid means something: boot and pid namespace, or the name of the host. */
  readonly machine: string
}

/** Of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const { startedAt = '' } = (await readProcess(process.pid)) ?? {}
  return { pid: process.pid, startedAt, machine: await machineName() }
}

/** Whether that process is certainly over. A pid of another machine says nothing, one in use by another process does. */
export async function isOver(them: ProcessIdentity, own: ProcessIdentity): Promise<boolean> {
  if (them.machine !== own.machine) return false
  const found = await readProcess(them.pid)
  if (found) return found.state === 'Z' || found.state === 'X' || found.startedAt !== them.startedAt
  return !answersSignals(them.pid)
}

async function machineName(): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return `${boot.trim()} ${await readlink('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** proc_pid_stat(5): the name, in parentheses, may hold anything; the state follows, the start time is field 22. */
async function readProcess(pid: number): Promise<{ state: string; startedAt: string } | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startedAt] = [fields[0], fields[22 - 3]]
    return state === undefined || startedAt === undefined ? undefined : { state, startedAt }
  } catch {
    return undefined
  }
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errnoOf(error) === 'EPERM'
  }
}
