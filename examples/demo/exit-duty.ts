/** What is done even when the process ends at once: in order, and without waiting for anything. */
export interface ExitDuty extends Disposable {
  add(duty: () => void): void
}

/** Does `duties` when the process exits, unless disposed before. */
export function exitDuty(): ExitDuty {
  const duties: (() => void)[] = []
  const perform = (): void => {
    for (const duty of duties) duty()
  }
  process.once('exit', perform)
  return {
    add: (duty) => void duties.push(duty),
    [Symbol.dispose]: () => void process.off('exit', perform),
  }
}
