import { sleep, systemClock } from '@kumquat/core'

/** What a count has come to when it stands still. */
export async function settled(count: () => number): Promise<number> {
  for (let before = -1; before !== count(); ) {
    before = count()
    await sleep(systemClock, 100)
  }
  return count()
}
