import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Calls, Vitals } from './messages.ts'

/** Measures this process and its children. Needs `--expose-gc` to be exact. */
export function vitals(calls: Calls): Vitals {
  globalThis.gc?.()
  const handles: Record<string, number> = {}
  for (const type of process.getActiveResourcesInfo()) {
    if (!PASSING.includes(type)) handles[type] = (handles[type] ?? 0) + 1
  }
  const emitters = [process, ...openHandles().filter((handle) => handle instanceof EventEmitter)]
  const listeners = emitters.reduce((sum, emitter) => sum + listenersOf(emitter), 0)
  const childrenRssBytes = childrenOf(process.pid).reduce((sum, pid) => sum + rssOf(pid), 0)
  return { handles, listeners, rssBytes: rssOf(process.pid), childrenRssBytes, calls }
}

/** The pids of the children of a process, as the kernel knows them. */
export function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

/** Of what is done in the next moment, and open only by chance. */
const PASSING = ['Immediate', 'Timeout', 'FSReqPromise', 'FSReqCallback', 'WriteWrap', 'TCPConnectWrap', 'CloseReq']

function openHandles(): readonly unknown[] {
  const { _getActiveHandles } = process as unknown as { _getActiveHandles(): readonly unknown[] }
  return _getActiveHandles.call(process)
}

function listenersOf(emitter: EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
}

function rssOf(pid: number): number {
  try {
    const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes) * 1_024
  } catch {
    return 0 // It has ended meanwhile.
  }
}
