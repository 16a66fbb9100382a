import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The programs that run in a process group, by id and name; those that have ended and wait for their parent left out. */
export function processGroup(group: number): readonly string[] {
  if (!existsSync('/proc/self/stat')) return isAlive(-group) ? [`some of group ${group}`] : []
  return readdirSync('/proc').flatMap((pid) => {
    const stat = /^\d+$/.test(pid) ? statOf(pid) : undefined
    return stat?.group === group && stat.state !== 'Z' ? [`${pid} ${stat.name}`] : []
  })
}

/** The process that started this one; of Linux only. */
export function parentOf(pid: number): number {
  return statOf(String(pid))?.parent ?? Number.NaN
}

/** Whether there is a process with this id; a negative one asks for any of that group. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function statOf(pid: string) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const { name, state, parent, group } =
      /^\d+ \((?<name>.*)\) (?<state>\S) (?<parent>\d+) (?<group>\d+) /s.exec(stat)?.groups ?? {}
    return { name, state, parent: Number(parent), group: Number(group) }
  } catch {
    return undefined
  }
}
