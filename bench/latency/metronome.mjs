import { parentPort } from 'node:worker_threads'
import { monotonic } from './monotonic.mjs'

// Timers of the event loop are of whole milliseconds, and a loop that only looks at the time takes a core from whoever it
// shares it with, and is put aside by the scheduler for it. This thread sleeps to the microsecond and wakes the other.

const never = new Int32Array(new SharedArrayBuffer(4))
parentPort.on('message', ({ startAt, rate, count }) => {
  const elapsed = () => monotonic() - startAt
  for (let n = 0; n < count; ) {
    const wait = (n * 1_000) / rate - elapsed()
    if (wait > 0) Atomics.wait(never, 0, 0, wait)
    const due = Math.min(count - 1, Math.max(n, Math.floor((elapsed() * rate) / 1_000)))
    // All up to this one are due.
    parentPort.postMessage({ of: startAt, due })
    n = due + 1
  }
})
