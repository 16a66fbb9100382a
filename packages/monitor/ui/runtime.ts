/** Runs `task` once after `delayMs`; call the answer to cancel. */
export type After = (delayMs: number, task: () => void) => () => void

// The one file of the page that may set timers: a lint rule forbids them everywhere else. The page has no clock of its
// own: "now" is the `at` of the server's last word, so that a wrong clock in front of the screen shows no wrong ages.

export const after: After = (delayMs, task) => {
  const timer = setTimeout(task, delayMs)
  return () => clearTimeout(timer)
}
