import type { Order, Word } from './messages.ts'

/** What a process of the rig can be ordered to do besides standing still. */
export interface Duties {
  measure(): void
  calling?(on: boolean): void
  leave(): Promise<void>
}

/** Tells the rig. */
export function tell(word: Word): void {
  if (process.connected) process.send?.(word, undefined, undefined, () => {})
}

/** Does what the rig orders, and ends when the rig does. */
export function onOrders(duties: Duties): void {
  process.on('disconnect', () => process.exit(1))
  process.on('message', (order: Order) => {
    if ('measure' in order) duties.measure()
    else if ('block' in order) standStill(order.block)
    else if ('calling' in order) duties.calling?.(order.calling)
    else void duties.leave().then(() => process.exit(0))
  })
}

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
